#!/usr/bin/env node
import { keepCompiled } from './cli/keep-compiled.ts';

keepCompiled();
void import('./cli/run-command-line.ts').then(({ runCommandLine }) => runCommandLine());
