/** Which account of a company a ledger account may be meant to go to: by number, by name, by words in common. A guess for a person. */
import type { ChartAccount } from '../../domain/accounts.ts'
import { compareKeys } from '../../domain/journals/rounding.ts'
import type { TargetPlace } from '../../domain/journals/target-mapping.ts'
import type { Company, CompanyAccount } from '../company.ts'

/** Names with less in common than this are not worth a look. */
const LEAST_SCORE = 50

/** The best account nothing speaks against, or null. The same for the same company, whatever its order. */
export function proposeAccount(
  company: Company,
  code: string,
  { chart, place }: { readonly chart: ChartAccount | undefined; readonly place: TargetPlace | undefined },
): CompanyAccount | null {
  const names = [chart?.name, place?.by === 'name' ? place.value : undefined].filter((name) => name !== undefined)
  const codes = [code, place !== undefined && place.by !== 'name' ? place.value : code]
  const scored = company.accounts
    .filter(({ isActive, refusal }) => isActive && refusal === null)
    .map((account) => ({ account, score: scoreOf(account, codes, names) }))
    .filter(({ score }) => score >= LEAST_SCORE)
    .toSorted(
      (a, b) =>
        b.score - a.score || compareKeys(a.account.name, b.account.name) || compareKeys(a.account.id, b.account.id),
    )
  return scored[0]?.account ?? null
}

/** In percent; an equal name goes before an equal number, because numbers are reused. */
function scoreOf(account: CompanyAccount, codes: readonly string[], names: readonly string[]): number {
  const leaf = account.name.slice(account.name.lastIndexOf(':') + 1)
  const byName = Math.max(0, ...names.flatMap((name) => [similarity(name, account.name), similarity(name, leaf)]))
  const byCode = account.code !== '' && codes.includes(account.code) ? 90 : 0
  return Math.max(byName, byCode)
}

/** Words in common, in percent of the words of both (Dice): 100 for the same words in any order. */
export function similarity(a: string, b: string): number {
  const [first, second] = [words(a), words(b)]
  if (first.size === 0 || second.size === 0) return 0
  const common = [...first].filter((word) => second.has(word)).length
  return Math.floor((200 * common) / (first.size + second.size))
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu))
}
