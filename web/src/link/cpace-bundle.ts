// Room: link. The entry of the CPace bundle: a Worker loads it with importScripts and finds it under one global name.

import { cpace } from './cpace.ts';
import { CPACE_GLOBAL } from './load.ts';

Object.assign(globalThis, { [CPACE_GLOBAL]: cpace });
