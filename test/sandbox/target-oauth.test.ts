/**
 * Consent and tokens of both accounting systems: what the page asks, what a code and a refresh token are good for, how
 * often, and how long.
 */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  basic,
  connect,
  consent,
  consentPath,
  postToken,
  REDIRECT,
  talkToTargets,
  type TargetTalk,
  type Tokens,
} from './target-talk.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const SERVICES = ['quickbooks', 'xero'] as const

const refreshed = (talk: TargetTalk, service: (typeof SERVICES)[number], token: string) =>
  postToken(talk, service, { grant_type: 'refresh_token', refresh_token: token })

const exchanged = (talk: TargetTalk, service: (typeof SERVICES)[number], code: string) =>
  postToken(talk, service, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT })

describe.each(SERVICES)('%s', (service) => {
  test('shows a page with its companies, and sends back what the person chose with the state', async () => {
    const talk = await talkToTargets({ autoConsent: false })
    const page = await talk.ask(consentPath(service))
    expect(page.status).toBe(200)
    expect(page.text).toContain('Sandbox Agency')
    expect(page.text).toContain('Sandbox Holding')
    expect(page.text).toContain('<button name="answer" value="allow">Allow</button>')
    expect(page.text).toContain('<input type="hidden" name="state" value="state-1">')
    const [, company = ''] = /name="company" value="([^"]+)"> Sandbox Holding/.exec(page.text) ?? []
    expect(await consent(talk, service, { company, answer: 'allow' })).toMatchObject({
      state: 'state-1',
      ...(service === 'quickbooks' ? { realmId: company } : {}),
    })
    expect(await consent(talk, service, { answer: 'deny' })).toEqual({ error: 'access_denied', state: 'state-1' })
  })

  test('shows an error page to an unknown app or address, and never sends anybody there', async () => {
    const talk = await talkToTargets()
    const wrong = [{ client_id: 'other' }, { response_type: 'token' }, { redirect_uri: 'callback' }]
    for (const changes of wrong) {
      const { status, headers } = await talk.ask(consentPath(service, changes))
      expect([status, headers['location']]).toEqual([400, undefined])
    }
  })

  test('takes a code once, from the app that asked, for the same address, within five minutes', async () => {
    const talk = await talkToTargets()
    const fresh = async () => (await consent(talk, service))['code'] ?? ''
    const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT }
    const bad = await talk.ask(`/${service}/token`, {
      method: 'POST',
      headers: { authorization: basic({ id: `sandbox-${service}-id`, secret: 'wrong' }) },
      body: new URLSearchParams({ ...form, code: await fresh() }),
    })
    expect(bad).toMatchObject({ json: { error: 'invalid_client' } })
    const elsewhere = { ...form, redirect_uri: `${REDIRECT}/else`, code: await fresh() }
    expect(await postToken(talk, service, elsewhere)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    const old = await fresh()
    talk.clock.nowMs += 5 * MINUTE_MS
    expect(await exchanged(talk, service, old)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
    const code = await fresh()
    expect((await exchanged(talk, service, code)).status).toBe(200)
    expect(await exchanged(talk, service, code)).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  })

  test('ends both tokens when asked to revoke one, or to expire them all', async () => {
    const talk = await talkToTargets()
    const { tokens } = await connect(talk, service)
    const authorization = basic({ id: `sandbox-${service}-id`, secret: `sandbox-${service}-secret` })
    const body = new URLSearchParams({ token: tokens.refresh_token })
    const revoked = await talk.ask(`/${service}/revoke`, { method: 'POST', headers: { authorization }, body })
    expect(revoked.status).toBe(200)
    expect(await refreshed(talk, service, tokens.refresh_token)).toMatchObject({ json: { error: 'invalid_grant' } })
    const again = await connect(talk, service)
    await talk.control(`${service}/expire`, { tokens: 'all' })
    expect(await refreshed(talk, service, again.tokens.refresh_token)).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant' },
    })
  })
})

describe('QuickBooks', () => {
  const alive = async (talk: TargetTalk, { access_token: token }: Tokens) =>
    (
      await talk.ask('/quickbooks/v3/company/9341450000000001/preferences', {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status === 200

  test('wants a state', async () => {
    const talk = await talkToTargets()
    expect((await talk.ask(consentPath('quickbooks', { state: '' }))).status).toBe(400)
  })

  test('gives an access token for an hour and keeps the refresh token for a day, then changes it for good', async () => {
    const talk = await talkToTargets()
    const { tokens } = await connect(talk, 'quickbooks')
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, x_refresh_token_expires_in: 8_726_400 })
    talk.clock.nowMs += HOUR_MS - 1
    expect(await alive(talk, tokens)).toBe(true)
    talk.clock.nowMs += 1
    expect(await alive(talk, tokens)).toBe(false)
    const second = (await refreshed(talk, 'quickbooks', tokens.refresh_token)).json as Tokens
    expect(second.refresh_token).toBe(tokens.refresh_token)
    expect(await alive(talk, second)).toBe(true)
    talk.clock.nowMs += 23 * HOUR_MS
    const third = (await refreshed(talk, 'quickbooks', tokens.refresh_token)).json as Tokens
    expect(third.refresh_token).not.toBe(tokens.refresh_token)
    expect(await refreshed(talk, 'quickbooks', tokens.refresh_token)).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant', error_description: 'Incorrect or invalid refresh token' },
    })
    expect((await refreshed(talk, 'quickbooks', third.refresh_token)).status).toBe(200)
  })

  test('changes the refresh token every time when told to', async () => {
    const talk = await talkToTargets()
    const { tokens } = await connect(talk, 'quickbooks')
    await talk.control('quickbooks/settings', { rotatesAlways: true })
    expect((await refreshed(talk, 'quickbooks', tokens.refresh_token)).status).toBe(200)
    expect((await refreshed(talk, 'quickbooks', tokens.refresh_token)).status).toBe(400)
  })

  test('ends the connection when its code is exchanged twice', async () => {
    const talk = await talkToTargets()
    const { tokens, code } = await connect(talk, 'quickbooks')
    await exchanged(talk, 'quickbooks', code)
    expect(await alive(talk, tokens)).toBe(false)
    expect((await refreshed(talk, 'quickbooks', tokens.refresh_token)).status).toBe(400)
  })

  test('tells of the five years when asked', async () => {
    const talk = await talkToTargets()
    const { tokens } = await connect(talk, 'quickbooks')
    const answer = await talk.ask('/quickbooks/token', {
      method: 'POST',
      headers: {
        authorization: basic({ id: 'sandbox-quickbooks-id', secret: 'sandbox-quickbooks-secret' }),
        'x-include-refresh-token-hard-expires-in': 'true',
      },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token }),
    })
    expect(answer.json).toMatchObject({ x_refresh_token_hard_expires_in: 157_680_000 })
  })
})

describe('Xero', () => {
  const rowsOf = async (talk: TargetTalk, { access_token: token }: Tokens) => {
    const { status, json } = await talk.ask('/xero/connections', { headers: { authorization: `Bearer ${token}` } })
    return status === 200 ? (json as readonly { readonly id: string; readonly tenantName: string }[]) : undefined
  }

  test('changes the refresh token at every use; the old one works on for half an hour', async () => {
    const talk = await talkToTargets()
    const { tokens } = await connect(talk, 'xero')
    expect(tokens).toMatchObject({ expires_in: 1800, token_type: 'Bearer' })
    const second = (await refreshed(talk, 'xero', tokens.refresh_token)).json as Tokens
    expect(second.refresh_token).not.toBe(tokens.refresh_token)
    talk.clock.nowMs += 30 * MINUTE_MS - 1
    expect((await refreshed(talk, 'xero', tokens.refresh_token)).status).toBe(200)
    expect(await rowsOf(talk, second)).toHaveLength(1)
    talk.clock.nowMs += 1
    expect((await refreshed(talk, 'xero', tokens.refresh_token)).status).toBe(400)
    expect(await rowsOf(talk, second)).toBeUndefined()
    expect((await refreshed(talk, 'xero', second.refresh_token)).status).toBe(200)
  })

  test('gives no refresh token without offline_access', async () => {
    const talk = await talkToTargets()
    const { tokens } = await connect(talk, 'xero', { scope: 'accounting.manualjournals' })
    expect(tokens.refresh_token).toBeUndefined()
  })

  test.each(['accounting.transactions offline_access', 'nothing', ''])('refuses the scope "%s"', async (scope) => {
    const talk = await talkToTargets()
    expect(await consent(talk, 'xero', { scope })).toEqual({ error: 'invalid_scope', state: 'state-1' })
  })

  test('sends nobody to a bare address', async () => {
    const talk = await talkToTargets()
    const path = consentPath('xero', { redirect_uri: 'http://127.0.0.1:8765/callback' })
    expect((await talk.ask(path)).status).toBe(400)
  })

  test('wants the verifier of a challenge', async () => {
    const talk = await talkToTargets()
    const verifier = 'v'.repeat(43)
    const challenge = {
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }
    const form = { grant_type: 'authorization_code', redirect_uri: REDIRECT }
    const first = (await consent(talk, 'xero', challenge))['code'] ?? ''
    expect((await postToken(talk, 'xero', { ...form, code: first, code_verifier: 'wrong' })).status).toBe(400)
    const second = (await consent(talk, 'xero', challenge))['code'] ?? ''
    expect((await postToken(talk, 'xero', { ...form, code: second, code_verifier: verifier })).status).toBe(200)
  })

  test('lists the organisations that were ticked, and forgets one when told to', async () => {
    const talk = await talkToTargets()
    const [one = '', two = ''] = talk.server.targets.xero.organisations.keys()
    const path = `${consentPath('xero', { answer: 'allow' })}&company=${one}&company=${two}`
    const { headers } = await talk.ask(path)
    const code = new URL(headers['location'] ?? '').searchParams.get('code') ?? ''
    const tokens = (await exchanged(talk, 'xero', code)).json as Tokens
    const rows = await rowsOf(talk, tokens)
    expect(rows?.map(({ tenantName }) => tenantName)).toEqual(['Sandbox Agency Ltd', 'Sandbox Holding Ltd'])
    const authorization = `Bearer ${tokens.access_token}`
    const forget = () =>
      talk.ask(`/xero/connections/${rows?.[0]?.id}`, { method: 'DELETE', headers: { authorization } })
    expect((await forget()).status).toBe(204)
    expect((await forget()).status).toBe(404)
    expect(await rowsOf(talk, tokens)).toMatchObject([{ tenantId: two, tenantType: 'ORGANISATION' }])
  })

  test('lets a custom connection in without consent, a refresh token or a tenant', async () => {
    const talk = await talkToTargets()
    const scope = 'accounting.manualjournals accounting.settings.read'
    const answer = await postToken(talk, 'xero', { grant_type: 'client_credentials', scope })
    const tokens = answer.json as Tokens
    expect(tokens.refresh_token).toBeUndefined()
    const headers = { authorization: `Bearer ${tokens.access_token}`, accept: 'application/json' }
    expect((await talk.ask('/xero/api.xro/2.0/Organisation', { headers })).json).toMatchObject({
      Organisations: [{ Name: 'Sandbox Agency Ltd' }],
    })
  })
})
