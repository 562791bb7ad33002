/**
 * Looks in a company for entries of other books under a book's numbers: at `connect`, with the consent of that moment, and
 * by the doctor, with a token that is still good. Nothing is renewed or written.
 */
import type { TargetConfig } from '../../config/target-model.ts'
import { companyText } from '../../connections/choose-company.ts'
import type { TokenSource } from '../../connections/token-source.ts'
import { ConfigError } from '../../domain/errors.ts'
import type { HttpClient } from '../../http/client.ts'
import { createRateLimiter } from '../../http/rate-limit.ts'
import { machine } from '../../machine/machine.ts'
import { openTarget } from '../../targets/open-target.ts'
import { othersText, othersUnder, type OthersEntries } from '../../targets/others-entries.ts'
import type { Answer } from '../../targets/port.ts'

export interface CompanyLook {
  readonly http: HttpClient
  readonly config: TargetConfig
  /** "agency/books" */
  readonly label: string
  readonly companyId: string
  readonly accessToken: string
  readonly documentPrefix: string
  readonly lastingId: string
  readonly signal: AbortSignal
}

export async function othersInCompany(look: CompanyLook): Promise<Answer<readonly OthersEntries[]>> {
  const { http, config, label, signal } = look
  const { requestsPerMinute: perMinute } = config
  const { nowMs, sleep } = machine()
  const limiter = createRateLimiter({ perMinute, burst: 1, nowMs, sleep })
  const client = openTarget(config, { label, http, tokens: tokenOf(look), limiter, nowMs, signal })
  try {
    return await othersUnder(client, look)
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
  readonly book: string
  readonly company: { readonly id: string; readonly name: string }
  readonly say: (line: string) => void
}

/** Throws ConfigError when another book has numbers of this prefix there. A look that gave no answer is said, and no refusal. */
export async function requireNobodyElse(connecting: Connecting): Promise<void> {
  const { book, company, config, documentPrefix, say } = connecting
  const others = await othersInCompany(connecting)
  if (others.kind !== 'ok') {
    say(
      `Whether another book has numbers that start with ${documentPrefix} in ${companyText(company)} could not be looked up: ${others.message} Each entry is looked up before it is made, all the same.`,
    )
    return
  }
  if (others.value.length === 0) return
  throw new ConfigError(
    'DOCUMENT_PREFIX_TAKEN',
    `The document numbers of book ${book} start with ${documentPrefix}, and so do others in ${companyText(company)}: ${othersText(others.value)}. Nothing was connected.`,
    `State another documentPrefix for ${book} or leave it out, then run tieout connect ${config.name} again.`,
  )
}
