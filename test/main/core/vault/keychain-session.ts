// Runs inside a D-Bus session of its own, with or without a keyring; prints one JSON line about what the vault did.
import { openKeytar } from '../../../../main/core/vault/keytar.ts';
import { openNapiKeyring } from '../../../../main/core/vault/napi-keyring.ts';
import { openVault } from '../../../../main/core/vault/vault.ts';

const stores = { keytar: openKeytar, '@napi-rs/keyring': openNapiKeyring };
const [name] = process.argv.slice(2) as (keyof typeof stores | undefined)[];
const options = name === undefined ? {} : { stores: [{ name, open: stores[name] }] };

const vault = await openVault(options);
const before = await vault.get('openai');
const set = await vault.set('openai', 'a-real-key-1');
// A second vault reads what the first has written: it really went through the system.
const again = await openVault(options);
const read = await again.get('openai');
const has = await again.has('openai');
const removed = await again.remove('openai');
const after = await vault.has('openai');
process.stdout.write(`${JSON.stringify({ state: vault.state, before: before ?? null, set, read: read ?? null, has, removed, after })}\n`);
process.exit(0);
