/**
 * What can go wrong on the way to an accounting system, over both: whether the entry is there afterwards, what the client
 * sees, and what a second try with the same key gives. And what a person can do there by hand.
 */
import { describe, expect, test } from 'vitest'
import { createFaultLine, NO_TARGET_FAULTS, TARGET_FAULTS } from '../../src/sandbox/targets/fault-plan.ts'
import { connect, talkToTargets, type Answered, type Service, type TargetTalk } from './target-talk.ts'

const QUICKBOOKS_BODY = JSON.stringify({
  TxnDate: '2026-11-20',
  DocNumber: 'D-1',
  PrivateNote: 'D-1 memo',
  CurrencyRef: { value: 'USD' },
  Line: [
    ['Debit', '35'],
    ['Credit', '55'],
  ].map(([posting, account]) => ({
    DetailType: 'JournalEntryLineDetail',
    Amount: 12.5,
    JournalEntryLineDetail: { PostingType: posting, AccountRef: { value: account } },
  })),
})

const XERO_BODY = JSON.stringify({
  ManualJournals: [
    {
      Narration: 'D-1 memo',
      Date: '2026-11-20',
      Status: 'POSTED',
      LineAmountTypes: 'NoTax',
      JournalLines: [
        { LineAmount: 12.5, AccountCode: '812', TaxType: 'NONE' },
        { LineAmount: -12.5, AccountCode: '4000', TaxType: 'NONE' },
      ],
    },
  ],
})

/** One way to create the same entry and to look at the company, in either service. */
async function client(talk: TargetTalk, service: Service) {
  const { tokens, realmId } = await connect(talk, service)
  const authorization = `Bearer ${tokens.access_token}`
  const json = { authorization, accept: 'application/json', 'content-type': 'application/json' }
  const root = `/quickbooks/v3/company/${realmId}`
  const [tenant = ''] = talk.server.targets.xero.organisations.keys()
  const create = (key: string): Promise<Answered> =>
    service === 'quickbooks'
      ? talk.ask(`${root}/journalentry?requestid=${key}`, { method: 'POST', headers: json, body: QUICKBOOKS_BODY })
      : talk.ask('/xero/api.xro/2.0/ManualJournals?summarizeErrors=false', {
          method: 'PUT',
          headers: { ...json, 'xero-tenant-id': tenant, 'idempotency-key': key },
          body: XERO_BODY,
        })
  const look = (): Promise<Answered> =>
    service === 'quickbooks'
      ? talk.ask(`${root}/preferences`, { headers: json })
      : talk.ask('/xero/api.xro/2.0/Organisation', { headers: { ...json, 'xero-tenant-id': tenant } })
  return { create, look }
}

interface Shown {
  readonly id: string
  readonly status: string
  readonly memo: string
  readonly version: string
  readonly lines: readonly { readonly account: string; readonly amount: string }[]
}

const entriesOf = async ({ control }: TargetTalk, service: Service) =>
  (await control(`${service}/entries`)).json as readonly Shown[]

const SERVICES = ['quickbooks', 'xero'] as const

describe.each(SERVICES)('%s', (service) => {
  const inside200 = service === 'quickbooks' ? 200 : 500
  test.each([
    ['drop-before', 0, 'none'],
    ['drop-after', 1, 'none'],
    ['truncated', 1, 'none'],
    ['late', 0, 'none'],
    ['429-before', 0, 429],
    ['429-after', 1, 429],
    ['500-before', 0, 500],
    ['500-after', 1, 500],
    ['503', 0, 503],
    ['fault-200', 0, inside200],
    ['slow', 1, 200],
    ['expired-token', 0, 401],
  ] as const)('%s: entries afterwards %i, answer %s', async (fault, entries, status) => {
    const talk = await talkToTargets()
    const { create } = await client(talk, service)
    await talk.control(`${service}/faults`, { script: [fault], kinds: [], on: 'create', holdMs: 1 })
    const answer = await create('key-1').then(
      (answered) => answered.status,
      () => 'none',
    )
    expect(answer).toBe(status)
    expect(await entriesOf(talk, service)).toHaveLength(entries)
    const log = (await talk.control(`${service}/requests`)).json as readonly Readonly<Record<string, unknown>>[]
    expect(log.at(-1)).toMatchObject({ key: 'key-1', fault, status: status === 'none' ? null : status })
  })

  test('a second try with the same key never makes a second entry', async () => {
    for (const fault of TARGET_FAULTS) {
      const talk = await talkToTargets()
      const { create } = await client(talk, service)
      await talk.control(`${service}/faults`, { script: [fault], kinds: [], on: 'create', holdMs: 1 })
      await create('key-1').catch(() => undefined)
      // What the expired token left undone needs a new consent first.
      const second = await (fault === 'expired-token' ? await client(talk, service) : { create }).create('key-1')
      expect([fault, second.status, (await entriesOf(talk, service)).length]).toEqual([fault, 200, 1])
    }
  })

  test('what is late appears with the next request but one', async () => {
    const talk = await talkToTargets()
    const { create, look } = await client(talk, service)
    await talk.control(`${service}/faults`, { script: ['late'], kinds: [], on: 'create' })
    await expect(create('key-1')).rejects.toThrow('fetch failed')
    await look()
    expect(await entriesOf(talk, service)).toEqual([])
    await look()
    expect(await entriesOf(talk, service)).toHaveLength(1)
    await look()
    expect(await entriesOf(talk, service)).toHaveLength(1)
  })

  test('faults can be kept to reading, and never touch the consent page', async () => {
    const talk = await talkToTargets()
    await talk.control(`${service}/faults`, { rate: 1, kinds: ['500-before'], on: 'read' })
    const { create, look } = await client(talk, service)
    expect((await look()).status).toBe(500)
    expect((await create('key-1')).status).toBe(200)
    await talk.control(`${service}/faults`, { rate: 1, kinds: ['503'], on: 'token' })
    await expect(connect(talk, service)).rejects.toThrow()
    expect((await look()).status).toBe(200)
  })

  test('a person edits, copies, voids and deletes behind the API’s back', async () => {
    const talk = await talkToTargets()
    const { create } = await client(talk, service)
    await create('key-1')
    const [entry] = await entriesOf(talk, service)
    const { id = '', version = '' } = entry ?? {}
    const [debit, credit] = service === 'quickbooks' ? ['36', '55'] : ['813', '4000']
    const edit = {
      id,
      memo: 'by hand',
      lines: [
        { account: debit, amount: '13.00' },
        { account: credit, amount: '-13.00' },
      ],
    }
    expect((await talk.control(`${service}/edit`, edit)).status).toBe(200)
    const [edited] = await entriesOf(talk, service)
    expect(edited).toMatchObject({
      memo: 'by hand',
      lines: [{ account: debit, amount: '13.00' }, { amount: '-13.00' }],
    })
    expect(edited?.version).not.toBe(version)
    await talk.control(`${service}/duplicate`, { id })
    await talk.control(`${service}/duplicate`, { id })
    const [, second, third] = await entriesOf(talk, service)
    await talk.control(`${service}/delete`, { id: second?.id })
    await talk.control(`${service}/void`, { id: third?.id })
    const after = await entriesOf(talk, service)
    expect(after.map(({ status }) => status)).toEqual(
      service === 'quickbooks' ? ['posted', 'deleted', 'posted'] : ['posted', 'deleted', 'voided'],
    )
    if (service === 'quickbooks') {
      expect(after[2]).toMatchObject({ memo: 'Voided - by hand', lines: [{ amount: '0.00' }, { amount: '0.00' }] })
    }
  })

  test('a control that makes no sense is refused with a reason', async () => {
    const talk = await talkToTargets()
    const wrong: readonly (readonly [string, unknown])[] = [
      ['delete', { id: '999' }],
      ['duplicate', { id: '999' }],
      [
        'edit',
        {
          id: '999',
          lines: [
            { account: '1', amount: '1.00' },
            { account: '2', amount: '1.00' },
          ],
        },
      ],
      ['edit', { id: '999', memo: 'x' }],
      ['settings', { perMinute: 'many' }],
      ['settings', { company: 'none' }],
      ['faults', { kinds: ['earthquake'] }],
      ['expire', { tokens: 'some' }],
    ]
    for (const [path, body] of wrong) {
      expect(await talk.control(`${service}/${path}`, body)).toMatchObject({
        status: 400,
        json: { error: expect.stringMatching(/\w/) as unknown },
      })
    }
    expect((await talk.control(`${service}/nothing`)).status).toBe(404)
  })
})

test('a plan gives each request the same fault every time, and none beyond its scope', () => {
  const faultsOf = (seed: number) => {
    const line = createFaultLine({ ...NO_TARGET_FAULTS, seed, rate: 0.5, kinds: TARGET_FAULTS, on: 'create' })
    return Array.from({ length: 40 }, () => [line.next('read'), line.next('create')] as const)
  }
  expect(faultsOf(1)).toEqual(faultsOf(1))
  expect(faultsOf(1)).not.toEqual(faultsOf(2))
  expect(faultsOf(1).every(([read]) => read === undefined)).toBe(true)
  const suffered = faultsOf(1).filter(([, create]) => create !== undefined).length
  expect(suffered).toBeGreaterThan(10)
  expect(suffered).toBeLessThan(30)
})
