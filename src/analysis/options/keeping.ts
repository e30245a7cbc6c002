import { type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Fault } from '../../core/fault.ts';
import type { KeepAs } from '../../store/network.ts';
import { checkKeepAs } from '../keep-as.ts';
import { option, text } from './option.ts';
import { PLAIN, words } from './text.ts';

const Words = Type.Array(Type.String(), {
  description: 'Words to find it by, at most 32; they replace those that it had.',
});

/** What a network is kept as says more of itself than a schema can, once it is of the right type. */
function check(name: keyof KeepAs, schema: TSchema, wanted: string) {
  return (value: unknown): void => {
    if (!Value.Check(schema, value)) throw new Fault('invalid-option', wanted, { pointer: '' });
    checkKeepAs({ [name]: value });
  };
}

const Name = text('What the network is kept as: the next version of this name. No @, no *, no control character; at most 200 characters.');
const Note = text('What there is to say of it, at most 4000 characters; replaces what was said.');

/** What a network is kept under. */
export const KEEP_OPTIONS = {
  name: option(Name, PLAIN, check('name', Name, 'must be a string')),
  tags: option(
    Words,
    words('`vision,small`, or repeated: words to find it by; they replace those that it had.'),
    check('tags', Words, 'must be a list of words'),
  ),
  note: option(Note, PLAIN, check('note', Note, 'must be a string')),
};
