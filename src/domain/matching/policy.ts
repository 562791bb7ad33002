/**
 * A book's settings → what matching goes by: the rules of each money account and its fees, alone and after what a payer
 * withholds.
 */
import { unitsPerMinor, type Units } from '../money/money.ts'
import { takenRules, type TakenRule } from '../settlement/taken.ts'
import type { TakenPart } from '../settlement/settlement.ts'
import { isOfBank, type DescribingAccount } from './descriptor.ts'
import type { FeeRule } from './match.ts'

export interface PolicyAccount extends DescribingAccount {
  readonly name: string
  readonly currency: string
  readonly fees: readonly { readonly name: string; readonly basisPoints: number; readonly flat: Units }[]
}

export interface MatchSettings {
  readonly accounts: readonly PolicyAccount[]
  /** Publisher → what its payer withholds, in hundredths of a percent. */
  readonly withholding: ReadonlyMap<string, number>
}

/** What may be taken between items of these sources and lines on these accounts, for the engine: "paypal/standard". */
export function feesOf(
  settings: MatchSettings,
  accounts: readonly string[],
  sources: readonly string[],
): readonly FeeRule[] {
  const rules = new Map<string, FeeRule>()
  for (const account of settings.accounts.filter(({ name }) => accounts.includes(name))) {
    for (const source of sources) {
      for (const { name, share, flat, roundings } of rulesOf(settings, account, source)) {
        const full = fullName(settings, account, source, name)
        rules.set(full, { name: full, share, flat, roundings, minorUnit: unitsPerMinor(account.currency) })
      }
    }
  }
  return [...rules.values()]
}

/** The parts of a fee rule by the name `feesOf` gave it; null when the settings no longer have it. */
export function partsOf(settings: MatchSettings, feeRule: string, source: string): readonly TakenPart[] | null {
  const at = feeRule.indexOf('/')
  const account = settings.accounts.find(({ name }) => name === feeRule.slice(0, at))
  if (account === undefined) return null
  const rule = rulesOf(settings, account, source).find(
    ({ name }) => fullName(settings, account, source, name) === feeRule,
  )
  return rule?.parts ?? null
}

/** Two payers may withhold differently, so what depends on the payer names it. */
function fullName({ withholding }: MatchSettings, account: PolicyAccount, source: string, name: string): string {
  const base = `${account.name}/${name}`
  return (withholding.get(source) ?? 0) === 0 ? base : `${base} of ${source}`
}

function rulesOf({ withholding }: MatchSettings, account: PolicyAccount, source: string): readonly TakenRule[] {
  return takenRules({
    isBank: isOfBank(account.type),
    fees: account.fees,
    withholdingBasisPoints: withholding.get(source) ?? 0,
  })
}
