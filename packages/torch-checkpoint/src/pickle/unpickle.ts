/** Python's pickle, protocol 2, as far as torch.save needs it: pickletools.py of CPython says what each instruction does. */
import { corrupt, overLimit, refusedOpcode, unsupportedFile } from '../errors.js';
import { type Cursor, createCursor } from './cursor.js';
import { callKnown, knownGlobal, storageOf } from './globals.js';
import { nameOfRefused } from './opcodes.js';
import { type Dictionary, isDictionary, isKind, kindOf, type PickleValue, type Storage } from './values.js';

/** A BERT-large with its optimizer pushes some 100,000. */
const mostValues = 1_000_000;

export interface Unpickled {
  readonly value: PickleValue;
  /** Position after the pickle. */
  readonly end: number;
  /** By key, in the order of their first use. */
  readonly storages: ReadonlyMap<string, Storage>;
}

interface Machine {
  readonly file: string;
  readonly cursor: Cursor;
  readonly stack: PickleValue[];
  /** Heights of the stack. */
  readonly marks: number[];
  readonly memo: Map<number, PickleValue>;
  readonly storages: Map<string, Storage>;
  push(value: PickleValue): void;
  pop(): PickleValue;
  /** The value at the top, which stays. */
  top(): PickleValue;
  /** What was pushed since the last mark. */
  sinceMark(): PickleValue[];
}

type Instruction = (machine: Machine) => void;

const instructions: Readonly<Record<string, Instruction>> = {
  '\x80': ({ cursor, file }) => {
    const protocol = cursor.byte();
    if (protocol > 2) {
      const fix = 'Save it with the pickle protocol that torch.save uses by itself, 2.';
      throw unsupportedFile(file, `Its pickle has protocol ${protocol}`, fix);
    }
  },
  '(': ({ marks, stack, file }) => {
    if (marks.push(stack.length) > mostValues) throw overLimit(file, 'its pickle has too many marks', mostValues);
  },
  N: (it) => it.push(null),
  '\x88': (it) => it.push(true),
  '\x89': (it) => it.push(false),
  J: (it) => it.push(it.cursor.int32()),
  K: (it) => it.push(it.cursor.byte()),
  M: (it) => it.push(it.cursor.uint16()),
  '\x8a': (it) => it.push(it.cursor.integer(it.cursor.byte())),
  G: (it) => it.push(it.cursor.float64()),
  X: (it) => it.push(it.cursor.text(it.cursor.uint32())),
  ']': (it) => it.push({ kind: 'list', items: [] }),
  ')': (it) => it.push({ kind: 'tuple', items: [] }),
  '}': (it) => it.push({ kind: 'dict', entries: new Map() }),
  t: (it) => it.push({ kind: 'tuple', items: it.sinceMark() }),
  '\x85': (it) => it.push(tupleOf(it, 1)),
  '\x86': (it) => it.push(tupleOf(it, 2)),
  '\x87': (it) => it.push(tupleOf(it, 3)),
  a: (it) => append(it, [it.pop()]),
  e: (it) => append(it, it.sinceMark()),
  s: (it) => {
    const value = it.pop();
    setItems(it, [it.pop(), value]);
  },
  u: (it) => setItems(it, it.sinceMark()),
  q: (it) => keep(it, it.cursor.byte()),
  r: (it) => keep(it, it.cursor.uint32()),
  h: (it) => recall(it, it.cursor.byte()),
  j: (it) => recall(it, it.cursor.uint32()),
  c: (it) => it.push(knownGlobal(it.cursor.line(), it.cursor.line(), it.file)),
  Q: (it) => {
    const storage = storageOf(it.pop(), it.file);
    const known = it.storages.get(storage.key);
    if (known && (known.dtype !== storage.dtype || known.count !== storage.count)) {
      throw corrupt(it.file, `Storage ${storage.key} is described in two ways`);
    }
    it.storages.set(storage.key, storage);
    it.push(storage);
  },
  R: (it) => {
    const args = it.pop();
    const callee = it.pop();
    const result = callKnown(callee, args, it.file);
    if (result === undefined) throw refuse(it, 'REDUCE', `It calls a ${kindOf(callee)} with a ${kindOf(args)}`);
    it.push(result);
  },
  // A state dict carries attributes (_metadata), which Python would set; no weight is among them.
  b: (it) => {
    const state = it.pop();
    if (isKind(it.top(), 'OrderedDict') && isKind(state, 'dict')) return;
    throw refuse(it, 'BUILD', `It sets the state of a ${kindOf(it.top())} to a ${kindOf(state)}`);
  },
};

/**
 * Reads one pickle at `start`.
 * @throws `PickleEnded` the bytes end before the pickle does
 * @throws `TORCH_REFUSED_GLOBAL`, `TORCH_REFUSED_OPCODE`, `TORCH_LIMIT`, `TORCH_CORRUPT`, `TORCH_UNSUPPORTED_DTYPE`, `TORCH_UNSUPPORTED_FILE`
 */
export function unpickle(bytes: Uint8Array, start: number, file: string): Unpickled {
  const machine = createMachine(bytes, start, file);
  const { cursor, storages } = machine;
  for (;;) {
    const opcode = cursor.byte();
    const character = String.fromCharCode(opcode);
    if (character === '.') return { value: machine.pop(), end: cursor.position, storages };
    if (!Object.hasOwn(instructions, character)) {
      throw refuse(machine, nameOfRefused(opcode), 'Only the instructions that torch.save writes are known here');
    }
    instructions[character]!(machine);
  }
}

function createMachine(bytes: Uint8Array, start: number, file: string): Machine {
  const stack: PickleValue[] = [];
  const marks: number[] = [];
  let pushed = 0;
  const floor = () => marks.at(-1) ?? 0;
  return {
    file,
    cursor: createCursor(bytes, start, file),
    stack,
    marks,
    memo: new Map(),
    storages: new Map(),
    push(value) {
      if (++pushed > mostValues) throw overLimit(file, 'its pickle makes too many values', mostValues);
      stack.push(value);
    },
    pop() {
      if (stack.length <= floor()) throw corrupt(file, 'Its pickle takes a value that is not there');
      return stack.pop()!;
    },
    top() {
      if (stack.length <= floor()) throw corrupt(file, 'Its pickle takes a value that is not there');
      return stack.at(-1)!;
    },
    sinceMark() {
      const mark = marks.pop();
      if (mark === undefined) throw corrupt(file, 'Its pickle goes back to a mark that is not there');
      return stack.splice(mark);
    },
  };
}

function tupleOf(machine: Machine, length: number): PickleValue {
  const items: PickleValue[] = [];
  for (let i = 0; i < length; i++) items.unshift(machine.pop());
  return { kind: 'tuple', items };
}

function append(machine: Machine, values: readonly PickleValue[]): void {
  const list = machine.top();
  if (!isKind(list, 'list')) throw refuse(machine, 'APPEND', `It appends to a ${kindOf(list)}`);
  for (const value of values) list.items.push(value);
}

function setItems(machine: Machine, pairs: readonly PickleValue[]): void {
  const target = machine.top();
  if (!isDictionary(target)) {
    throw refuse(machine, 'SETITEM', `It sets an item of a ${kindOf(target)}`);
  }
  if (pairs.length % 2 === 1) throw corrupt(machine.file, 'A dictionary has a key without a value');
  for (let i = 0; i < pairs.length; i += 2) setItem(machine, target, pairs[i]!, pairs[i + 1]!);
}

function setItem({ file }: Machine, { entries }: Dictionary, key: PickleValue, value: PickleValue): void {
  if (typeof key === 'object' && key !== null) {
    throw unsupportedFile(file, `A dictionary has a ${kindOf(key)} as a key`, 'Save the state dict alone.');
  }
  entries.set(String(key), value);
}

function keep(machine: Machine, index: number): void {
  machine.memo.set(index, machine.top());
  if (machine.memo.size > mostValues) throw overLimit(machine.file, 'its pickle keeps too many values', mostValues);
}

function recall(machine: Machine, index: number): void {
  const value = machine.memo.get(index);
  if (value === undefined) throw corrupt(machine.file, `Its pickle recalls value ${index}, which it never kept`);
  machine.push(value);
}

function refuse({ file, cursor }: Machine, opcode: string, why: string) {
  return refusedOpcode(file, opcode, cursor.position - 1, why);
}
