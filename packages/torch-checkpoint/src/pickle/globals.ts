import { dtypeOfStorage, dtypes, isTorchDtype } from '../dtypes.js';
import { corrupt, refusedGlobal, unsupportedDtype, unsupportedFile } from '../errors.js';
import { checkView } from './check-view.js';
import { type Global, isDictionary, isKind, kindOf, type PickleValue, type Storage, type Tensor } from './values.js';

/** Number types that PyTorch has and this package does not read: known, so that a message can say more than "refused". */
const otherDtypes = new Set([
  ...['uint16', 'uint32', 'uint64', 'complex32', 'complex64', 'complex128', 'qint8', 'quint8', 'qint32'],
  ...['float8_e4m3fn', 'float8_e5m2', 'float8_e4m3fnuz', 'float8_e5m2fnuz'],
]);

type Call = (args: readonly PickleValue[], file: string) => PickleValue;

const calls: Readonly<Record<string, Call>> = {
  'collections.OrderedDict': (args, file) => {
    if (args.length > 0) throw corrupt(file, 'An OrderedDict is made with arguments');
    return { kind: 'OrderedDict', entries: new Map() };
  },
  'torch.Size': ([size], file) => ({ kind: 'Size', items: sizes(size, file) }),
  'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides, , , metadata], file) =>
    tensor(file, { storage, offset, shape, strides, metadata }),
  'torch._utils._rebuild_tensor_v3': ([storage, offset, shape, strides, , , dtype, metadata], file) =>
    tensor(file, { storage, offset, shape, strides, dtype, metadata }),
  'torch._utils._rebuild_parameter': ([data], file) => {
    if (!isKind(data, 'tensor')) throw corrupt(file, 'A parameter is made of something that is no tensor');
    return data;
  },
};

/** @throws `TORCH_REFUSED_GLOBAL`, `TORCH_UNSUPPORTED_DTYPE` */
export function knownGlobal(module: string, name: string, file: string): Global {
  const full = `${module}.${name}`;
  if (Object.hasOwn(calls, full)) return { kind: 'global', name: full };
  if (module === 'torch' || module === 'torch.storage') {
    const storage = dtypeOfStorage.get(name);
    if (storage) return { kind: 'global', name: full, storage };
    if (/^\w{1,40}Storage$/.test(name)) throw unsupportedDtype(file, full);
  }
  if (module === 'torch' && (isTorchDtype(name) || otherDtypes.has(name))) {
    return { kind: 'global', name: full, dtype: name };
  }
  throw refusedGlobal(file, printable(full));
}

/** What Python's call would give. Undefined where it is nothing that can be called. */
export function callKnown(callee: PickleValue, args: PickleValue, file: string): PickleValue | undefined {
  if (!isKind(callee, 'global') || !isKind(args, 'tuple') || !Object.hasOwn(calls, callee.name)) return undefined;
  return calls[callee.name]!(args.items, file);
}

/** The storage that a persistent id stands for: ('storage', class, key, location, count, view?). */
export function storageOf(id: PickleValue, file: string): Storage {
  const [tag, type, key, , count, view] = isKind(id, 'tuple') ? id.items : [];
  if (tag !== 'storage') {
    const why = tag === 'module' ? 'It holds whole modules, with their code' : 'It holds an unknown persistent id';
    throw unsupportedFile(file, why, 'Save the state dict alone: torch.save(model.state_dict(), path).');
  }
  if (!isKind(type, 'global') || !type.storage || typeof key !== 'string' || !isCount(count)) {
    throw corrupt(file, 'A storage lacks its class, its key or its length');
  }
  const base = isKind(view, 'tuple') ? view.items[1] : 0;
  if (!isCount(base)) throw corrupt(file, 'A view of a storage has no place');
  return { kind: 'storage', key, dtype: type.storage, count, base };
}

interface TensorArguments {
  readonly storage: PickleValue | undefined;
  readonly offset: PickleValue | undefined;
  readonly shape: PickleValue | undefined;
  readonly strides: PickleValue | undefined;
  readonly dtype?: PickleValue | undefined;
  readonly metadata: PickleValue | undefined;
}

function tensor(file: string, { storage, offset, shape, strides, dtype, metadata }: TensorArguments): Tensor {
  if (!isKind(storage, 'storage') || !isCount(offset)) throw corrupt(file, 'A tensor lacks its storage or its offset');
  if (isDictionary(metadata) && metadata.entries.size > 0) {
    const fix = 'Call resolve_conj() and resolve_neg() on the tensors in Python and save them again.';
    throw unsupportedFile(file, 'A tensor is stored as conjugated or negated', fix);
  }
  const type = isKind(dtype, 'global') ? (dtype.dtype ?? dtype.name) : storage.dtype;
  if (!isTorchDtype(type)) throw unsupportedDtype(file, type);
  // In numbers of the tensor's own type: an untyped storage counts bytes.
  const perNumber = dtypes[type].width / dtypes[storage.dtype].width;
  const view = { shape: sizes(shape, file), strides: sizes(strides, file), offset: storage.base / perNumber + offset };
  checkView(view, Math.floor(storage.count / perNumber), dtypes[type].width, file);
  return { kind: 'tensor', storage, dtype: type, ...view };
}

function sizes(value: PickleValue | undefined, file: string): number[] {
  if (isKind(value, 'Size') || isKind(value, 'tuple')) {
    if (value.items.every(isCount)) return [...value.items] as number[];
  }
  throw corrupt(file, `A shape is ${value === undefined ? 'missing' : `a ${kindOf(value)}, or not of whole numbers`}`);
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
