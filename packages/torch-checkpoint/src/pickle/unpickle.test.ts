import { isReferentError } from '@referent/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, global, type Part, protocol, tensor, text, uint32 } from '../../test/support/pickles.js';
import { PickleEnded } from './cursor.js';
import { unpickle } from './unpickle.js';

function run(...parts: readonly Part[]) {
  return unpickle(bytesOf(protocol, ...parts), 0, 'x.bin').value;
}

function caught(...parts: readonly Part[]): unknown {
  try {
    run(...parts);
  } catch (error) {
    return error;
  }
  return undefined;
}

const system = `${global('posix', 'system')}`;
const command = bytesOf(text('echo this must never run'), '\x85');
const orderedDict = `${global('collections', 'OrderedDict')})R`;

describe('unpickle', () => {
  it('builds plain values', () => {
    expect(run('K\x05.')).toBe(5);
    expect(run('M\x01\x02.')).toBe(513);
    expect(run('J\xfe\xff\xff\xff.')).toBe(-2);
    expect(run('\x8a\x00.')).toBe(0);
    expect(run('\x8a\x02\x00\xff.')).toBe(-256);
    expect(run('\x8a\x09', uint32(0), uint32(0), 1, '.')).toBe(2n ** 64n);
    expect(run('G\x3f\xf8\x00\x00\x00\x00\x00\x00.')).toBe(1.5);
    expect(run('X\x03\x00\x00\x00\xe2\x82\xac.')).toBe('€');
    expect(run(']q\x00(K\x01h\x00e.')).toMatchObject({ kind: 'list', items: [1, { kind: 'list' }] });
  });

  it('says where the pickle ends', () => {
    expect(unpickle(bytesOf(0, protocol, 'N.K\x01.'), 1, 'x.bin')).toMatchObject({ value: null, end: 5 });
  });

  it('keeps a dictionary from touching what all objects share', () => {
    const value = run('}', text('__proto__'), '}', text('polluted'), '\x88ss.');
    expect(value).toMatchObject({ kind: 'dict' });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['os.system', [system, command, 'R.'], 'posix.system'],
    ['os.system on Windows', [global('nt', 'system'), command, 'R.'], 'nt.system'],
    ['eval', [global('builtins', 'eval'), command, 'R.'], 'builtins.eval'],
    ['eval of Python 2', [global('__builtin__', 'eval'), command, 'R.'], '__builtin__.eval'],
    ['getattr', [global('builtins', 'getattr'), '.'], 'builtins.getattr'],
    ['a function of torch', [global('torch.hub', 'load'), '.'], 'torch.hub.load'],
    ['torch.load inside torch.load', [global('torch', 'load'), '.'], 'torch.load'],
    ['a name with a dot', [global('torch._utils', 'sys.modules'), '.'], 'torch._utils.sys.modules'],
    ['a storage of nobody', [global('evil', 'FloatStorage'), '.'], 'evil.FloatStorage'],
    ['what every object has', [global('torch', 'constructor'), '.'], 'torch.constructor'],
    ['what every object has, alone', [global('', '__proto__'), '.'], '.__proto__'],
    ['a name inside a list of a dictionary', ['}', text('a'), '](', system, command, 'Res.'], 'posix.system'],
    ['a name in the arguments of a name', [orderedDict, system, command, 'Rb.'], 'posix.system'],
  ] satisfies [string, Part[], string][])('refuses %s by name', (_, parts, name) => {
    expect(caught(...parts)).toMatchObject({ code: 'TORCH_REFUSED_GLOBAL', details: { global: name } });
  });

  it('does not let a name write to a terminal', () => {
    const error = caught(global('\x1b[31mposix', 'sys\x07tem'), '.') as Error;
    expect(error.message).toContain('?[31mposix.sys?tem');
  });

  it.each([
    ['a call of a number', ['K\x01)R.'], 'REDUCE'],
    ['a call of a call', [orderedDict, ')R.'], 'REDUCE'],
    ['a call of a storage class', [global('torch', 'FloatStorage'), ')R.'], 'REDUCE'],
    ['a call of a number type', [global('torch', 'float32'), ')R.'], 'REDUCE'],
    ['a call without a tuple', [global('collections', 'OrderedDict'), ']R.'], 'REDUCE'],
    ['__setstate__ of a name', [global('collections', 'OrderedDict'), '}b.'], 'BUILD'],
    ['__setstate__ of a dictionary', ['}}b.'], 'BUILD'],
    ['__setstate__ of a tensor', [tensor(), '}b.'], 'BUILD'],
    ['__setstate__ with a tuple', [orderedDict, 'N}\x86b.'], 'BUILD'],
    ['items of a list', ['](K\x01K\x02u.'], 'SETITEM'],
    ['values of a tuple', [')K\x01a.'], 'APPEND'],
    ['a class in the old way', ['(iposix\nsystem\n.'], 'INST'],
    ['an object in the old way', ['(', orderedDict, 'o.'], 'OBJ'],
    ['an object in the new way', [global('collections', 'OrderedDict'), ')\x81.'], 'NEWOBJ'],
    ['a name from the stack', [text('posix'), text('system'), '\x93.'], 'STACK_GLOBAL'],
    ['a registered extension', ['\x82\x01.'], 'EXT1'],
    ['a set', ['\x8f.'], 'EMPTY_SET'],
    ['a persistent id in text', ['Pstorage\n.'], 'PERSID'],
    ['a number in text', ['I1\n.'], 'INT'],
    ['a long length', ['\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.'], 'BINUNICODE8'],
    ['an instruction that does not exist', ['\xff.'], '0xff'],
  ] satisfies [string, Part[], string][])('refuses %s', (_, parts, opcode) => {
    expect(caught(...parts)).toMatchObject({ code: 'TORCH_REFUSED_OPCODE', details: { opcode } });
  });

  it.each([
    ['nothing on the stack', ['.']],
    ['a pair of one', ['K\x01\x86.']],
    ['a mark that is not there', ['t.']],
    ['values from before a mark', ['K\x01(a.']],
    ['a key without a value', ['}(K\x01u.']],
    ['what was never kept', ['h\x07.']],
    ['an OrderedDict of something', [global('collections', 'OrderedDict'), 'K\x01\x85R.']],
    ['a tensor without arguments', [global('torch._utils', '_rebuild_tensor_v2'), ')R.']],
    ['a parameter of nothing', [global('torch._utils', '_rebuild_parameter'), ')R.']],
    ['a parameter of text', [global('torch._utils', '_rebuild_parameter'), text('x'), '\x85R.']],
    ['a size of text', [global('torch', 'Size'), text('x'), '\x85\x85R.']],
    ['a storage without a class', ['(', text('storage'), 'NNNNtQ.']],
    ['a tensor beyond its storage', [tensor({ shape: 'K\x03\x85' }), '.']],
    ['a tensor behind its storage', [tensor({ offset: 'K\x01' }), '.']],
    ['a tensor before its storage', [tensor({ offset: 'J\xff\xff\xff\xff' }), '.']],
    ['a step beyond its storage', [tensor({ strides: 'K\x09\x85' }), '.']],
    ['a step backwards', [tensor({ strides: 'J\xff\xff\xff\xff\x85' }), '.']],
    ['a negative size', [tensor({ shape: 'J\xff\xff\xff\xff\x85' }), '.']],
    ['half a size', [tensor({ shape: 'G\x3f\xf8\x00\x00\x00\x00\x00\x00\x85' }), '.']],
    [
      'a size of 2^70',
      [
        tensor({ shape: ['\x8a\x09', uint32(0), uint32(0), 64, '\x85'].flatMap((it) => [...bytesOf(it as Part)]) }),
        '.',
      ],
    ],
    ['fewer steps than sizes', [tensor({ strides: ')' }), '.']],
    ['one storage of two lengths', [tensor(), tensor({ count: 'K\x03' }), '\x86.']],
  ] satisfies [string, Part[]][])('calls damaged: %s', (_, parts) => {
    expect(caught(...parts)).toMatchObject({ code: 'TORCH_CORRUPT' });
  });

  it.each([
    ['protocol 4', ['\x80\x04N.'], 'protocol 4'],
    ['a tuple as a key', ['})K\x01s.'], 'a tuple as a key'],
    ['a pickled module', ['(', text('module'), 'NNNtQ.'], 'whole modules'],
    ['another persistent id', [text('x'), 'Q.'], 'unknown persistent id'],
  ] satisfies [string, Part[], string][])('does not read %s', (_, parts, words) => {
    expect(caught(...parts)).toMatchObject({ code: 'TORCH_UNSUPPORTED_FILE', message: expect.stringContaining(words) });
  });

  it.each([
    ['a string of 4 GB', ['X\xff\xff\xff\xff.']],
    ['a string that is too long', ['X', uint32(2 ** 20 + 1), new Uint8Array(2 ** 20 + 2).fill(65)]],
    ['a name without an end', ['c', new Uint8Array(600).fill(65)]],
    ['a million lists', [new Uint8Array(1_000_001).fill(0x5d), '.']],
    ['a million references', ['Nq\x00', new Uint8Array(2_100_000).map((_, i) => (i % 2 === 0 ? 0x68 : 0)), '.']],
    ['a million marks', [new Uint8Array(1_000_001).fill(0x28), '.']],
    [
      'a tensor of 65 dimensions',
      [tensor({ shape: ['(', ...Array(65).fill('K\x01'), 't'].flatMap((it) => [...bytesOf(it)]) }), '.'],
    ],
    ['a number that fills the memory', [tensor({ shape: 'J\xff\xff\xff\x7f\x85', strides: 'K\x00\x85' }), '.']],
    ['a million kept values', ['N', ...Array.from({ length: 1001 }, (_, i) => keptThousand(i)), '.']],
  ] satisfies [string, Part[]][])('gives up on %s', (_, parts) => {
    expect(caught(...parts)).toMatchObject({ code: 'TORCH_LIMIT' });
  });

  it('reads each reference of a deep pile once', () => {
    // Forty lists, each twice in the next: 2^40 values for a reader that walks them.
    const levels = Array.from({ length: 40 }, (_, i) => bytesOf(']q', i + 1, `(h${String.fromCharCode(i)}h`, i, 'e'));
    expect(run(']q\x00', ...levels, '.')).toMatchObject({ kind: 'list' });
  });

  it('asks for more where the bytes end', () => {
    const whole = bytesOf(protocol, '}', text('weight'), tensor(), 's.');
    for (let length = 0; length < whole.length; length++) {
      expect(() => unpickle(whole.subarray(0, length), 0, 'x.bin')).toThrow(PickleEnded);
    }
  });

  it('meets any bytes with an error of its own', () => {
    const likely = fc.constantFrom(
      ...['(', ')', ']', '}', 'N', 't', 'u', 's', 'e', 'a', 'R', 'b', 'Q', '.', 'K\x01', 'q\x00', 'h\x00', orderedDict],
      ...[global('torch', 'FloatStorage'), global('torch._utils', '_rebuild_tensor_v2'), system],
    );
    const part = fc.oneof({ weight: 5, arbitrary: likely }, fc.uint8Array({ maxLength: 6 }), fc.constant(tensor()));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const error = caught(...parts);
        expect(error === undefined || error instanceof PickleEnded || isReferentError(error)).toBe(true);
      }),
      { seed: 4, numRuns: 1000 },
    );
  });
});

/** Puts the top of the stack into a thousand places. */
function keptThousand(block: number): Uint8Array {
  return bytesOf(Array.from({ length: 1000 }, (_, i) => [0x72, ...uint32(block * 1000 + i)]).flat());
}
