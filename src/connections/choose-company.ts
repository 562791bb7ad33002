/**
 * Which of the companies that consent has reached a target is for. Never guessed: one is taken, the one it was before is
 * taken again, and of several a person chooses. Another company than before is refused unless it is named, since what
 * was delivered is in the old one.
 */
import { InputError, RejectedError } from '../domain/errors.ts'
import type { ReachedCompany } from './companies.ts'

export interface Choice {
  readonly target: string
  /** An id or a name, as a person gave it; null when none was given. */
  readonly wanted: string | null
  /** What the target was connected to before; null when never. */
  readonly before: { readonly id: string; readonly name: string } | null
  /** Asks at the terminal; null when there is none. */
  readonly ask: ((question: string) => Promise<string>) | null
  readonly say: (line: string) => void
}

/** Throws InputError when nobody can choose, or the choice is not among them. */
export async function chooseCompany(companies: readonly ReachedCompany[], choice: Choice): Promise<ReachedCompany> {
  const { target, wanted, before, ask } = choice
  const [first] = companies
  if (first === undefined) {
    throw new RejectedError(
      'COMPANY_NONE',
      `The consent for target ${target} reaches no company.`,
      'Tick the company on the consent page; an administrator of it may have to.',
    )
  }
  if (wanted !== null) return named(companies, wanted, target)
  const again = companies.find(({ id }) => id === before?.id)
  if (again !== undefined) return again
  if (companies.length === 1) return first
  if (ask === null) {
    throw new InputError(
      'COMPANY_NEEDED',
      `The consent for target ${target} reaches ${companies.length} companies: ${companies.map(companyText).join('; ')}.`,
      `Run tieout connect ${target} --company ID with one of these ids.`,
    )
  }
  return askWhich(companies, choice, ask)
}

/** Throws InputError when the target was connected to another company and nobody named the new one. */
export function requireSameCompany(company: ReachedCompany, { target, wanted, before }: Choice): void {
  if (before === null || before.id === company.id || wanted !== null) return
  throw new InputError(
    'COMPANY_CHANGED',
    `Target ${target} has been connected to ${companyText(before)}, and this consent is for ${companyText(company)}. Nothing was changed.`,
    `Choose the old company on the consent page; or, to deliver to the new one from now on, run tieout connect ${target} --company ${company.id}.`,
  )
}

export function companyText({ id, name }: { readonly id: string; readonly name: string }): string {
  return name === '' ? id : `${name} (${id})`
}

function named(companies: readonly ReachedCompany[], wanted: string, target: string): ReachedCompany {
  const byId = companies.find(({ id }) => id === wanted)
  const byName = companies.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  const found = byId ?? (byName.length === 1 ? byName[0] : undefined)
  if (found !== undefined) return found
  throw new InputError(
    'COMPANY_UNKNOWN',
    `The consent for target ${target} does not reach ${byName.length > 1 ? 'just one company named ' : ''}"${wanted}". It reaches: ${companies.map(companyText).join('; ')}.`,
    'Give one of these ids, or tick the other company on the consent page.',
  )
}

const TRIES = 3

async function askWhich(
  companies: readonly ReachedCompany[],
  { target, say }: Choice,
  ask: (question: string) => Promise<string>,
): Promise<ReachedCompany> {
  say(`The consent reaches ${companies.length} companies:`)
  for (const [index, company] of companies.entries()) say(`  ${index + 1}. ${companyText(company)}`)
  for (let turn = 0; turn < TRIES; turn += 1) {
    const text = (await ask(`Which one is target ${target} for (1 to ${companies.length})? `)).trim()
    const chosen = /^\d{1,4}$/.test(text) ? companies[Number(text) - 1] : undefined
    if (chosen !== undefined) return chosen
    if (text === '') break
  }
  throw new InputError(
    'COMPANY_NEEDED',
    'No company was chosen; nothing was connected.',
    `Run tieout connect ${target} again.`,
  )
}
