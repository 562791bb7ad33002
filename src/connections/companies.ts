/** Which companies a token reaches, asked of the vendor itself: Xero lists them, QuickBooks' consent has named one. */
import * as z from 'zod'
import type { QuickbooksTargetConfig, XeroTargetConfig } from '../config/target-model.ts'
import { ReadError, TransientError } from '../domain/errors.ts'
import { readJson } from '../domain/json.ts'
import { READ_LIMITS } from '../domain/read-limits.ts'
import type { HttpClient } from '../http/client.ts'
import { createSecret } from '../http/secret.ts'

export interface ReachedCompany {
  readonly id: string
  readonly name: string
  /** Home currency; null when the vendor did not say. */
  readonly currency: string | null
  /** Xero's id of the connection; '' where there is none. */
  readonly vendorConnection: string
}

const connectionsShape = z.array(
  z.object({ id: z.string(), tenantId: z.string(), tenantType: z.string(), tenantName: z.string().nullish() }),
)
const organisationShape = z.object({
  Organisations: z.tuple(
    [z.object({ Name: z.string(), OrganisationID: z.string(), BaseCurrency: z.string().optional() })],
    z.unknown(),
  ),
})
const companyInfoShape = z.object({ CompanyInfo: z.object({ CompanyName: z.string() }) })

export type CompanyAsk = { readonly http: HttpClient; readonly accessToken: string }

/** Throws TransientError when Xero does not list them: without a company there is no connection. */
export async function xeroCompanies(
  { urls, name }: XeroTargetConfig,
  ask: CompanyAsk,
): Promise<readonly ReachedCompany[]> {
  const json = await getJson(ask, urls.connections, `Xero (target ${name}, organisations)`)
  const parsed = connectionsShape.safeParse(json.value)
  if (!parsed.success) {
    throw new TransientError(
      'COMPANIES_UNKNOWN',
      json.trouble ?? `Xero (target ${name}) did not say which organisations were connected.`,
      `Run tieout connect ${name} again.`,
    )
  }
  return parsed.data
    .filter(({ tenantType }) => tenantType === 'ORGANISATION')
    .map(({ id, tenantId, tenantName }) => ({
      id: tenantId,
      name: tenantName ?? '',
      currency: null,
      vendorConnection: id,
    }))
}

/** The organisation a tenant id, or a custom connection (''), stands for; null when Xero does not say. */
export async function xeroOrganisation(
  { urls, name }: XeroTargetConfig,
  tenantId: string,
  ask: CompanyAsk,
): Promise<ReachedCompany | null> {
  const headers = tenantId === '' ? {} : { 'xero-tenant-id': tenantId }
  const { value } = await getJson(ask, `${urls.api}/Organisation`, `Xero (target ${name}, organisation)`, headers)
  const parsed = organisationShape.safeParse(value)
  if (!parsed.success) return null
  const [{ Name, OrganisationID, BaseCurrency }] = parsed.data.Organisations
  return { id: tenantId || OrganisationID, name: Name, currency: BaseCurrency ?? null, vendorConnection: '' }
}

/** The company's name; '' when QuickBooks does not say, which keeps nobody from connecting. */
export async function quickbooksName(
  { urls, name }: QuickbooksTargetConfig,
  realmId: string,
  ask: CompanyAsk,
): Promise<string> {
  const realm = encodeURIComponent(realmId)
  const url = `${urls.api}/v3/company/${realm}/companyinfo/${realm}?minorversion=75`
  const { value } = await getJson(ask, url, `QuickBooks (target ${name}, company)`)
  return companyInfoShape.safeParse(value).data?.CompanyInfo.CompanyName ?? ''
}

/** Null when the connection is gone; else why it is not. */
export async function deleteXeroConnection(
  { urls, name }: XeroTargetConfig,
  connectionId: string,
  { http, accessToken }: CompanyAsk,
): Promise<string | null> {
  const label = `Xero (target ${name}, disconnect)`
  const outcome = await http.request({
    method: 'DELETE',
    url: `${urls.connections}/${encodeURIComponent(connectionId)}`,
    headers: { authorization: `Bearer ${accessToken}` },
    secrets: [createSecret(accessToken)],
    idempotent: true,
    label,
  })
  if (outcome.kind === 'failed') return outcome.message
  return outcome.status < 300 || outcome.status === 404 ? null : `${label} answered HTTP ${outcome.status}.`
}

interface Got {
  /** Undefined when there was no JSON. */
  readonly value: unknown
  readonly trouble: string | null
}

async function getJson(
  { http, accessToken }: CompanyAsk,
  url: string,
  label: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Got> {
  const outcome = await http.request({
    method: 'GET',
    url,
    headers: { ...headers, authorization: `Bearer ${accessToken}`, accept: 'application/json' },
    secrets: [createSecret(accessToken)],
    idempotent: true,
    label,
  })
  if (outcome.kind === 'failed') return { value: undefined, trouble: outcome.message }
  if (outcome.status !== 200) return { value: undefined, trouble: `${label} answered HTTP ${outcome.status}.` }
  try {
    return { value: readJson(outcome.body.toString('utf8'), READ_LIMITS).value, trouble: null }
  } catch (error) {
    if (!(error instanceof ReadError)) throw error
    return { value: undefined, trouble: `${label} gave an answer that ${error.message}.` }
  }
}
