const greekLetters = new Map(
  Object.entries({
    α: 'alpha',
    β: 'beta',
    γ: 'gamma',
    δ: 'delta',
    ε: 'epsilon',
    ζ: 'zeta',
    η: 'eta',
    θ: 'theta',
    ι: 'iota',
    κ: 'kappa',
    λ: 'lambda',
    μ: 'mu',
    ν: 'nu',
    ξ: 'xi',
    π: 'pi',
    ρ: 'rho',
    σ: 'sigma',
    τ: 'tau',
    φ: 'phi',
    χ: 'chi',
    ψ: 'psi',
    ω: 'omega',
  }),
);

/**
 * A text in the letters by which names are compared: without case and marks, in plain forms of letters, a Greek letter on
 * its own as its name. "β-cell" is "beta-cell" and "TNFα" is "tnfalpha"; Greek words stay.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/(?<!\p{Script=Greek})[α-ω](?!\p{Script=Greek})/gu, (letter) => greekLetters.get(letter) ?? letter);
}
