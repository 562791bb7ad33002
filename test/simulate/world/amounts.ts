/** Amounts of the simulated world, as counts of 10⁻⁸ and as the texts vendors print. Arithmetic of its own. */

const ONE = 100_000_000n

/** `decimals` from 0 to 8; what lies behind them is cut off. */
export function amountText(amount: bigint, decimals: number): string {
  const size = amount < 0n ? -amount : amount
  const fraction = (size % ONE).toString().padStart(8, '0').slice(0, decimals)
  return `${amount < 0n ? '-' : ''}${size / ONE}${decimals === 0 ? '' : `.${fraction}`}`
}
