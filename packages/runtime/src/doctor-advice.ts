import type { DoctorFacts } from './doctor.js';

export interface DoctorAdvice {
  readonly problem: string;
  readonly fix: string;
}

/** What the facts call for, most important first. Empty where all is well. */
export function adviceFor(facts: DoctorFacts): DoctorAdvice[] {
  return [...engineAdvice(facts), ...gpuAdvice(facts), ...nodeAdvice(facts)];
}

function* engineAdvice({ chosen, startError, engines, tools, machine }: DoctorFacts): Generator<DoctorAdvice> {
  for (const { packageName, folder, defect, source } of engines) {
    if (defect === undefined) continue;
    const fix =
      source === 'project' ? `npm rebuild ${packageName}, or referent setup` : `Delete ${folder}, then: referent setup`;
    yield { problem: `${packageName} in ${folder} cannot be used: ${defect}.`, fix };
  }
  if (startError) yield { problem: `The engine does not start: ${startError.message}`, fix: 'referent setup' };
  if (startError || chosen?.kind === 'wasm') {
    const supported = machine.platform === 'linux' && machine.glibc !== undefined;
    const missing = tools.filter(({ version }) => version === undefined).map(({ name }) => name);
    const packages = missing.map((name) => (name === 'pip' ? 'python3-pip' : name));
    if (supported && missing.length > 0) {
      yield {
        problem: `${missing.join(' and ')} must be installed before TensorFlow can be set up.`,
        fix: `For example: apt-get install ${packages.join(' ')}`,
      };
    }
    if (!startError) {
      yield {
        problem: 'WebAssembly is used: about ten times slower than TensorFlow, on one thread.',
        fix: supported ? 'referent setup' : 'npm install @tensorflow/tfjs-node in your project',
      };
    }
  }
}

function* gpuAdvice({ chosen, nvidiaGpu }: DoctorFacts): Generator<DoctorAdvice> {
  if (nvidiaGpu !== undefined && chosen && !chosen.gpu && chosen.kind !== 'tfjs-node-gpu') {
    yield { problem: `The GPU is not used: ${nvidiaGpu}.`, fix: 'referent setup --engine gpu' };
  }
  if (chosen?.kind === 'tfjs-node-gpu' && !chosen.gpu) {
    yield {
      problem: 'tfjs-node-gpu found no usable GPU and computes on the CPU.',
      fix:
        nvidiaGpu === undefined
          ? 'Install the NVIDIA driver (nvidia-smi must answer), or use the smaller CPU engine: --engine cpu'
          : 'The driver answers: it may be too old for CUDA 12.5, which needs 555 or newer.',
    };
  }
}

function* nodeAdvice({ nodeVersion }: DoctorFacts): Generator<DoctorAdvice> {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    yield { problem: `Node ${nodeVersion} is older than Referent supports.`, fix: 'Install Node 20.19 or newer.' };
  }
}
