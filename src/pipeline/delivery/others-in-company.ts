/**
 * Looks into a company for entries of other books: at `connect`, with the consent of that moment, and by the doctor, with a
 * token that is still good. Nothing is renewed or written.
 */
import type { Kysely } from 'kysely'
import type { TargetConfig } from '../../config/target-model.ts'
import { companyText } from '../../connections/choose-company.ts'
import type { TokenSource } from '../../connections/token-source.ts'
import type { Tables } from '../../db/tables.ts'
import type { HttpClient } from '../../http/client.ts'
import { createRateLimiter } from '../../http/rate-limit.ts'
import { machine } from '../../machine/machine.ts'
import { openTarget } from '../../targets/open-target.ts'
import { otherBooks, undecidedText } from '../../targets/other-books.ts'
import { othersUnder, type OthersEntries } from '../../targets/others-entries.ts'
import { bookWords, idsHere } from '../../targets/outbox/words.ts'
import type { AccountingTarget, Answer } from '../../targets/port.ts'

export interface CompanyLook {
  readonly http: HttpClient
  readonly config: TargetConfig
  /** "agency/books" */
  readonly label: string
  readonly companyId: string
  readonly accessToken: string
  readonly signal: AbortSignal
}

/** Entries that stand under the numbers of a book and carry another id than these. */
export async function othersInCompany(
  look: CompanyLook & { readonly documentPrefix: string; readonly ownIds: ReadonlySet<string> },
): Promise<Answer<readonly OthersEntries[]>> {
  return withClient(look, (client) => othersUnder(client, look))
}

async function withClient<T>(look: CompanyLook, ask: (client: AccountingTarget) => Promise<T>): Promise<T> {
  const { http, config, label, signal } = look
  const { requestsPerMinute: perMinute } = config
  const { nowMs, sleep } = machine()
  const limiter = createRateLimiter({ perMinute, burst: 1, nowMs, sleep })
  const client = openTarget(config, { label, http, tokens: tokenOf(look), limiter, nowMs, signal })
  try {
    return await ask(client)
  } finally {
    await client.close()
  }
}

/** One token as it is: a look changes nothing. */
function tokenOf({ config, accessToken, companyId }: CompanyLook): TokenSource {
  // A custom connection of Xero has one organisation, which is not named.
  const isCustom = config.type === 'xero' && config.grant === 'client-credentials'
  const message = `The access token of target ${config.name} was refused.`
  return {
    current: () => Promise.resolve({ ok: true, accessToken, companyId: isCustom ? '' : companyId }),
    renew: () => Promise.resolve({ ok: false, reconnect: false, message }),
  }
}

export interface Connecting extends CompanyLook {
  readonly kysely: Kysely<Tables>
  readonly book: bigint
  readonly company: { readonly id: string; readonly name: string }
  readonly say: (line: string) => void
}

const LAST_DAY = '2999-12-31'

/**
 * Says which books that this database does not know have entries there on the days that are delivered, and the two choices;
 * null when none has. Connected all the same, since the choice is made by looking there; the delivery waits for it.
 */
export async function unknownBooks(connecting: Connecting): Promise<string | null> {
  const { kysely, book, company, config, say } = connecting
  const listed = await withClient(connecting, (client) =>
    client.list({ documentPrefix: '', from: config.from, to: LAST_DAY }),
  )
  if (listed.kind !== 'ok') {
    say(
      `Whether books that this database does not know have entries in ${companyText(company)} could not be looked up: ${listed.message} The first delivery looks again before it sends anything.`,
    )
    return null
  }
  const words = await bookWords(kysely, { book, target: config.name })
  const others = otherBooks(listed.value, new Set([...(await idsHere(kysely)), ...words.keys()]))
  return others.length === 0 ? null : undecidedText(others, config.name)
}
