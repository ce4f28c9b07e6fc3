// Loaded before a program: what tests judge with cannot be replaced by it.
"use strict";
const assert = require("node:assert");
Object.freeze(assert.strict);
Object.freeze(assert);
Object.freeze(require("node:fs").writeSync);
