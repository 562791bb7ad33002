/** Connects a target: consent, the company it is for, and the tokens, stored encrypted before anything else is said. */
import type { Kysely } from 'kysely'
import type { TargetConfig } from '../config/target-model.ts'
import type { Tables } from '../db/tables.ts'
import { RejectedError } from '../domain/errors.ts'
import { chooseCompany, companyText, requireSameCompany, type Choice } from './choose-company.ts'
import { quickbooksName, xeroCompanies, xeroOrganisation, type ReachedCompany } from './companies.ts'
import { askConsent, requireGrant, type Consent, type ConsentUi } from './consent.ts'
import { createOAuth, type OAuthEnvironment } from './oauth.ts'
import { booksSharing } from './shared-company.ts'
import { landConnection, readConnection, saveConnection } from './store.ts'
import type { Vault } from './vault.ts'

export interface ConnectRequest extends OAuthEnvironment {
  readonly kysely: Kysely<Tables>
  readonly book: bigint
  readonly config: TargetConfig
  readonly vault: Vault
  /** An id or a name; null when the person gave none. */
  readonly company: string | null
  /** See Joining. */
  readonly statedPrefixes: ReadonlyMap<string, string>
  /** Looks into the company before anything is stored. */
  readonly examine: (company: ReachedCompany, accessToken: string) => Promise<void>
  /** Who connects it. */
  readonly by: string
  readonly ui: ConsentUi & Pick<Choice, 'ask'>
  /** How long the browser is waited for. */
  readonly consentTimeoutMs: number
  readonly signal: AbortSignal
}

export async function connectTarget(request: ConnectRequest): Promise<ReachedCompany> {
  const { kysely, config, vault, by, nowMs } = request
  const key = { book: request.book, target: config.name }
  const seen = await readConnection(kysely, key)
  const isSameVendor = seen?.type === config.type
  const choice: Choice = {
    target: config.name,
    wanted: request.company,
    before: isSameVendor ? { id: seen.company_id, name: seen.company_name } : null,
    ask: request.ui.ask,
    say: request.ui.say,
  }
  const consent = await getConsent(request)
  const company = await chooseCompany(await reached(request, consent), choice)
  requireSameCompany(company, choice)
  const joining = { book: request.book, type: config.type, company, statedPrefixes: request.statedPrefixes }
  const sharing = await booksSharing(kysely, joining)
  if (sharing.length > 0)
    request.ui.say(
      `${sharing.join(', ')} delivers into ${companyText(company)} too; entries are told apart by the books' ids.`,
    )
  await request.examine(company, consent.grant.accessToken)
  const { id, name, currency, vendorConnection } = await described(request, consent, company)
  const atMs = nowMs()
  await kysely.transaction().execute(async (trx) => {
    await saveConnection(trx, vault, key, {
      type: config.type,
      companyId: id,
      companyName: name,
      currency,
      vendorConnection,
      by,
      nowMs: atMs,
      grant: consent.grant,
    })
    const said = { target: config.name, type: config.type, companyId: id, companyName: name, by } as const
    await landConnection(trx, request.book, { ...said, to: 'connected' }, atMs)
  })
  return { id, name, currency, vendorConnection }
}

/** A custom connection was consented to when it was made at Xero: the client's credentials are all it takes. */
async function getConsent(request: ConnectRequest): Promise<Consent> {
  const { config, ui, signal } = request
  const oauth = createOAuth(config, request)
  if (isCustom(config)) return { grant: requireGrant(await oauth.refresh(null), config.name), realmId: '' }
  const { name: target, redirectUri } = config
  return askConsent({ target, redirectUri, oauth, ui, signal, timeoutMs: request.consentTimeoutMs })
}

async function reached({ config, http }: ConnectRequest, consent: Consent): Promise<readonly ReachedCompany[]> {
  const ask = { http, accessToken: consent.grant.accessToken }
  if (config.type === 'quickbooks') {
    const { realmId } = consent
    if (realmId === '') throw noRealm(config.name)
    const name = await quickbooksName(config, realmId, ask)
    return [{ id: realmId, name, currency: null, vendorConnection: '' }]
  }
  if (!isCustom(config)) return xeroCompanies(config, ask)
  const own = await xeroOrganisation(config, '', ask)
  return own === null ? [] : [own]
}

/** With what only the organisation itself says; not knowing it keeps nobody from connecting. */
async function described(
  { config, http }: ConnectRequest,
  { grant }: Consent,
  company: ReachedCompany,
): Promise<ReachedCompany> {
  if (config.type === 'quickbooks' || isCustom(config)) return company
  const found = await xeroOrganisation(config, company.id, { http, accessToken: grant.accessToken })
  return { ...company, currency: found?.currency ?? null }
}

function isCustom(config: TargetConfig): boolean {
  return config.type === 'xero' && config.grant === 'client-credentials'
}

function noRealm(target: string): RejectedError {
  return new RejectedError(
    'COMPANY_NONE',
    `QuickBooks did not say which company the consent for target ${target} is for.`,
    `Run tieout connect ${target} again, and paste the whole address when it asks for one.`,
  )
}
