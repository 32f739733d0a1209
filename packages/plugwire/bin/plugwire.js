#!/usr/bin/env node
// npm links this file before `dist` is built in a checkout.
await import('../dist/main.js');
