// Room: test. The hostile payloads in an agent's Chromium.

import { startProduct } from '../e2e/insyn.ts';
import { relaySuite } from './suite.ts';

relaySuite('c', startProduct);
