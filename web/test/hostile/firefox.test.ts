// Room: test. The hostile payloads in an agent's Firefox.

import { startInFirefox } from '../e2e/insyn.ts';
import { relaySuite } from './suite.ts';

relaySuite('f', startInFirefox);
