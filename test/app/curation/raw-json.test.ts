import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawMember, rawMembers, replaceTexts } from '../../../app/curation/raw-json.ts';

describe('JSON as it is written', () => {
  it('gives members with their own text, whatever numbers it holds', () => {
    const text = '{ "seed": 9013933548740044988 , "nan": [NaN, -Infinity],\n "deep": {"a": {"b": "}"}}, "text": "a\\"b,{", "last": 1.50}';
    expect(rawMembers(text)).toEqual([
      { key: 'seed', text: '9013933548740044988' },
      { key: 'nan', text: '[NaN, -Infinity]' },
      { key: 'deep', text: '{"a": {"b": "}"}}' },
      { key: 'text', text: '"a\\"b,{"' },
      { key: 'last', text: '1.50' },
    ]);
    expect(rawMember(text, 'deep')).toBe('{"a": {"b": "}"}}');
    expect(rawMember(text, 'b')).toBeUndefined();
    expect(rawMembers('{}')).toEqual([]);
    expect(rawMembers('[1, {"a": 2}]')).toEqual([]);
  });

  it('splits any object into the members JSON would give', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (value, spaced) => {
        const members = rawMembers(JSON.stringify(value, null, spaced ? 2 : 0));
        expect(members.map(({ key, text }) => [key, JSON.parse(text)])).toEqual(Object.entries(JSON.parse(JSON.stringify(value))));
      }),
    );
  });

  it('changes only the texts it is asked to, under their key or their list’s key', () => {
    const text =
      '{"folder_path": "../rec", "list": {"file_paths": ["a", "b"]}, "name": "../rec", "kwargs": [{"x_path": "c"}, "d"], "gain": 1.0}';
    const changed = replaceTexts(text, (key, value) => (key.includes('path') ? `new/${value}` : value));
    expect(changed).toBe(
      '{"folder_path": "new/../rec", "list": {"file_paths": ["new/a", "new/b"]}, "name": "../rec", "kwargs": [{"x_path": "new/c"}, "d"], "gain": 1.0}',
    );
  });

  it('leaves any JSON as it was where nothing is to change', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(replaceTexts(text, (_, unchanged) => unchanged)).toBe(text);
        expect(JSON.parse(replaceTexts(text, (_, old) => `${old}!`))).toEqual(
          JSON.parse(text, (_, old) => (typeof old === 'string' ? `${old}!` : old)),
        );
      }),
    );
  });
});
