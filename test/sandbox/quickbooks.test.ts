/**
 * QuickBooks' stand-in answers as the documents say, over real HTTP: what it takes, everything it refuses and with which
 * code, what it answers twice, and how its lists are read.
 */
import { describe, expect, test } from 'vitest'
import { connect, talkToTargets, type Answered, type TargetTalk } from './target-talk.ts'

interface Line {
  readonly account?: string
  readonly amount?: string
  readonly posting?: string
  readonly detail?: string
}

const line = ({ account = '35', amount = '97.10', posting = 'Debit', detail = '' }: Line): string =>
  `{"DetailType":"JournalEntryLineDetail","Amount":${amount},"Description":"d","JournalEntryLineDetail":` +
  `{"PostingType":"${posting}","AccountRef":{"value":"${account}"}${detail}}}`

const CREDIT = line({ account: '56', posting: 'Credit' })

/** A good entry with these members changed; an empty text leaves one out. */
function entry(changes: Readonly<Record<string, string>> = {}, lines: readonly string[] = [line({}), CREDIT]): string {
  const members: Readonly<Record<string, string>> = {
    TxnDate: '"2026-11-20"',
    DocNumber: '"PO-20261120-000123"',
    PrivateNote: '"memo"',
    CurrencyRef: '{"value":"USD"}',
    Line: `[${lines.join(',')}]`,
    ...changes,
  }
  const kept = Object.entries(members).filter(([, value]) => value !== '')
  return `{${kept.map(([name, value]) => `"${name}":${value}`).join(',')}}`
}

async function company(talk: TargetTalk, realm?: string) {
  const { tokens, realmId } = await connect(talk, 'quickbooks', realm === undefined ? {} : { company: realm })
  const headers = { authorization: `Bearer ${tokens.access_token}`, 'content-type': 'application/json' }
  const root = `/quickbooks/v3/company/${realmId}`
  const post = (body: string, query = 'minorversion=75'): Promise<Answered> =>
    talk.ask(`${root}/journalentry?${query}`, { method: 'POST', headers, body })
  const get = (path: string): Promise<Answered> => talk.ask(`${root}/${path}`, { headers })
  const query = (text: string): Promise<Answered> => get(`query?query=${encodeURIComponent(text)}`)
  return { post, get, query, realmId, tokens, headers, root }
}

const codeOf = ({ json }: Answered): string | undefined =>
  (json as { readonly Fault?: { readonly Error: readonly { readonly code: string }[] } }).Fault?.Error[0]?.code

const entriesOf = async ({ control }: TargetTalk) =>
  (await control('quickbooks/entries')).json as readonly {
    readonly id: string
    readonly document: string
    readonly status: string
    readonly version: string
    readonly lines: readonly { readonly account: string; readonly amount: string }[]
  }[]

describe('a journal entry', () => {
  test('is saved and shown with what was sent', async () => {
    const talk = await talkToTargets()
    const { post, get } = await company(talk)
    const created = await post(entry())
    expect(created.status).toBe(200)
    expect(created.json).toMatchObject({
      JournalEntry: {
        Id: '201',
        SyncToken: '0',
        DocNumber: 'PO-20261120-000123',
        TxnDate: '2026-11-20',
        PrivateNote: 'memo',
        CurrencyRef: { value: 'USD' },
        TotalAmt: 0,
        Line: [
          { Amount: 97.1, JournalEntryLineDetail: { PostingType: 'Debit', AccountRef: { value: '35' } } },
          { Amount: 97.1, JournalEntryLineDetail: { PostingType: 'Credit', AccountRef: { value: '56' } } },
        ],
      },
    })
    expect((await get('journalentry/201')).text).toBe(created.text)
  })

  const ar = (detail = ''): readonly string[] => [line({ account: '77', detail }), CREDIT]
  const entity = (type: string, id: string): string => `,"Entity":{"Type":"${type}","EntityRef":{"value":"${id}"}}`
  const REFUSALS: readonly (readonly [string, string, string])[] = [
    ['the body wrapped in its name', `{"JournalEntry":${entry()}}`, '2010'],
    ['an unknown property', entry({ Memo: '"x"' }), '2010'],
    ['an unknown property of a line', entry({}, [line({}).replace('"d"', '"d","Memo":"x"'), CREDIT]), '2010'],
    ['no JSON', '{', '2010'],
    ['no lines', entry({ Line: '' }), '2020'],
    ['a list of no lines', entry({}, []), '2020'],
    ['a date that is none', entry({ TxnDate: '"2026-02-30"' }), '2010'],
    ['a number of 22 characters', entry({ DocNumber: `"${'1'.repeat(22)}"` }), '2050'],
    ['a memo of 4001 characters', entry({ PrivateNote: `"${'x'.repeat(4001)}"` }), '2050'],
    ['no currency where there are several', entry({ CurrencyRef: '' }), '2020'],
    ['an exchange rate of zero', entry({ ExchangeRate: '0' }), '2090'],
    ['an exchange rate of the home currency', entry({ ExchangeRate: '1.1' }), '6000'],
    ['three decimals', entry({}, [line({ amount: '97.101' }), CREDIT]), '2090'],
    ['an amount in quotes', entry({}, [line({ amount: '"97.10"' }), CREDIT]), '2090'],
    ['a negative amount', entry({}, [line({ amount: '-97.10' }), CREDIT]), '2090'],
    ['another posting type', entry({}, [line({ posting: 'Left' }), CREDIT]), '2170'],
    ['debits unlike credits', entry({}, [line({ amount: '97.11' }), CREDIT]), '6000'],
    ['an unknown account', entry({}, [line({ account: '999' }), CREDIT]), '2500'],
    ['an inactive account', entry({}, [line({ account: '79' }), CREDIT]), '610'],
    ['an account of another currency', entry({}, [line({ account: '83' }), CREDIT]), '6000'],
    ['an unknown class', entry({}, [line({ detail: ',"ClassRef":{"value":"7"}' }), CREDIT]), '2500'],
    ['an inactive class', entry({}, [line({ detail: ',"ClassRef":{"value":"5000000000000000004"}' }), CREDIT]), '610'],
    ['an unknown department', entry({}, [line({ detail: ',"DepartmentRef":{"value":"7"}' }), CREDIT]), '2500'],
    ['a receivable without a customer', entry({}, ar()), '6000'],
    ['a receivable with a vendor', entry({}, ar(entity('Vendor', '21'))), '6000'],
    ['a receivable with an unknown customer', entry({}, ar(entity('Customer', '9'))), '2500'],
    ['a receivable with an inactive customer', entry({}, ar(entity('Customer', '3'))), '610'],
    ['a receivable with a customer of another currency', entry({}, ar(entity('Customer', '2'))), '6000'],
    ['a payable without a vendor', entry({}, [line({ account: '78' }), CREDIT]), '6000'],
    [
      'a receivable and a payable at once',
      entry({}, [
        line({ account: '77', detail: entity('Customer', '1') }),
        line({ account: '78', posting: 'Credit', detail: entity('Vendor', '21') }),
      ]),
      '6000',
    ],
  ]

  test.each(REFUSALS)('with %s is refused with a code, and nothing is saved', async (_name, body, code) => {
    const talk = await talkToTargets()
    const { post } = await company(talk)
    const answer = await post(body)
    expect([answer.status, codeOf(answer)]).toEqual([400, code])
    expect(answer.json).toMatchObject({ Fault: { type: 'ValidationFault' } })
    expect(await entriesOf(talk)).toEqual([])
  })

  test.each([
    ['a receivable with its customer', entry({}, ar(entity('Customer', '1')))],
    [
      'classes and locations',
      entry({}, [
        line({ detail: ',"ClassRef":{"value":"5000000000000000001"},"DepartmentRef":{"value":"2"}' }),
        CREDIT,
      ]),
    ],
    [
      'another currency with its rate',
      entry({ CurrencyRef: '{"value":"EUR"}', ExchangeRate: '1.0842' }, [line({ account: '83' }), CREDIT]),
    ],
    ['a number of 21 characters', entry({ DocNumber: `"${'1'.repeat(21)}"` })],
    ['a line that only describes', entry({}, [line({}), CREDIT, '{"DetailType":"DescriptionOnly","Description":"x"}'])],
  ])('with %s is taken', async (_name, body) => {
    const talk = await talkToTargets()
    const { post } = await company(talk)
    expect((await post(body)).status).toBe(200)
    expect(await entriesOf(talk)).toHaveLength(1)
  })

  test('of a company of one currency needs none, and can have no other', async () => {
    const { post } = await company(await talkToTargets(), '9341450000000002')
    expect((await post(entry({ CurrencyRef: '' }))).status).toBe(200)
    expect(codeOf(await post(entry({ CurrencyRef: '{"value":"EUR"}', ExchangeRate: '1.1' })))).toBe('6000')
  })

  test('on or before the closing day is refused, and so is a change of an entry there', async () => {
    const talk = await talkToTargets()
    const { post, get } = await company(talk)
    await post(entry())
    await talk.control('quickbooks/settings', { bookCloseDate: '2026-11-20' })
    expect(codeOf(await post(entry()))).toBe('6210')
    expect(codeOf(await post('{"Id":"201","SyncToken":"0"}', 'operation=delete'))).toBe('6210')
    expect((await post(entry({ TxnDate: '"2026-11-21"' }))).status).toBe(200)
    expect((await get('preferences')).json).toMatchObject({
      Preferences: { AccountingInfoPrefs: { BookCloseDate: '2026-11-20' } },
    })
  })

  test('may share its number with another, unless the company watches it', async () => {
    const talk = await talkToTargets()
    const { post } = await company(talk)
    expect((await post(entry())).status).toBe(200)
    expect((await post(entry())).status).toBe(200)
    await talk.control('quickbooks/settings', { warnDuplicateJournalNumber: true })
    const refused = await post(entry())
    expect(codeOf(refused)).toBe('6140')
    expect(refused.text).toContain('DocNumber=PO-20261120-000123 is assigned to TxnType=Journal Entry with TxnId=201')
    expect((await post(entry(), 'include=allowduplicatedocnum')).status).toBe(200)
  })
})

describe('a requestid', () => {
  test('gives the first answer again, whatever the second body says', async () => {
    const talk = await talkToTargets()
    const { post } = await company(talk)
    const first = await post(entry(), 'requestid=key-1')
    const second = await post(entry({ PrivateNote: '"another"' }), 'requestid=key-1')
    expect([second.status, second.text]).toEqual([200, first.text])
    expect(await entriesOf(talk)).toHaveLength(1)
    expect((await post(entry(), 'requestid=key-2')).text).not.toBe(first.text)
  })

  test('of more than 50 characters is refused', async () => {
    const { post } = await company(await talkToTargets())
    expect((await post(entry(), `requestid=${'k'.repeat(50)}`)).status).toBe(200)
    expect(codeOf(await post(entry(), `requestid=${'k'.repeat(51)}`))).toBe('2050')
  })

  test('belongs to one company', async () => {
    const talk = await talkToTargets()
    const one = await company(talk)
    const other = await company(talk, '9341450000000002')
    await one.post(entry(), 'requestid=key-1')
    await other.post(entry(), 'requestid=key-1')
    expect(await entriesOf(talk)).toHaveLength(2)
  })
})

describe('a saved entry', () => {
  test('is deleted with its newest SyncToken alone, and then found nowhere but in the changes', async () => {
    const talk = await talkToTargets()
    const { post, get, query } = await company(talk)
    await post(entry())
    await post(entry({ Id: '"201"', SyncToken: '"0"', PrivateNote: '"edited"' }))
    expect(codeOf(await post('{"Id":"201","SyncToken":"0"}', 'operation=delete'))).toBe('5010')
    const deleted = await post('{"Id":"201","SyncToken":"1"}', 'operation=delete')
    expect(deleted.json).toMatchObject({ JournalEntry: { status: 'Deleted', domain: 'QBO', Id: '201' } })
    expect(codeOf(await get('journalentry/201'))).toBe('610')
    expect((await query('select * from JournalEntry')).json).toMatchObject({ QueryResponse: {} })
    expect((await get('cdc?entities=JournalEntry&changedSince=2026-11-20T00:00:00Z')).json).toMatchObject({
      CDCResponse: [{ QueryResponse: [{ JournalEntry: [{ Id: '201', status: 'Deleted' }] }] }],
    })
  })

  test('survives a void, which answers well and does nothing', async () => {
    const talk = await talkToTargets()
    const { post } = await company(talk)
    await post(entry())
    const answer = await post('{"Id":"201","SyncToken":"0"}', 'operation=void')
    expect([answer.status, (answer.json as { BatchItemResponse: unknown }).BatchItemResponse]).toEqual([200, []])
    expect(await entriesOf(talk)).toMatchObject([{ status: 'posted', version: '0' }])
  })

  test('loses the lines a sparse update leaves out of its list', async () => {
    const talk = await talkToTargets()
    const { post } = await company(talk)
    await post(
      entry({}, [
        line({}),
        line({ account: '36', amount: '1.00' }),
        line({ account: '56', amount: '98.10', posting: 'Credit' }),
      ]),
    )
    await post(
      `{"Id":"201","SyncToken":"0","sparse":true,"CurrencyRef":{"value":"USD"},"Line":[${line({})},${CREDIT}]}`,
    )
    expect((await entriesOf(talk))[0]).toMatchObject({
      document: 'PO-20261120-000123',
      lines: [{ account: '35' }, { account: '56' }],
    })
  })
})

describe('the query language', () => {
  async function three() {
    const talk = await talkToTargets()
    const books = await company(talk)
    for (const [document, date] of [
      ['A-1', '2026-11-18'],
      ['A-2', '2026-11-19'],
      ["B'3", '2026-11-20'],
    ] as const) {
      await books.post(entry({ DocNumber: `"${document}"`, TxnDate: `"${date}"` }))
    }
    return books
  }
  const numbersOf = ({ json }: Answered): readonly string[] =>
    (
      (json as { QueryResponse: { JournalEntry?: readonly { DocNumber: string }[] } }).QueryResponse.JournalEntry ?? []
    ).map(({ DocNumber }) => DocNumber)

  test.each([
    ["DocNumber = 'A-1'", ['A-1']],
    [String.raw`DocNumber = 'B\'3'`, ["B'3"]],
    ["DocNumber IN ('A-1','A-2')", ['A-1', 'A-2']],
    ["DocNumber LIKE 'A-%'", ['A-1', 'A-2']],
    ["TxnDate >= '2026-11-19' AND TxnDate <= '2026-11-20'", ['A-2', "B'3"]],
    ["TxnDate > '2026-11-19'", ["B'3"]],
    ["TxnDate < '2026-11-19'", ['A-1']],
    ["MetaData.LastUpdatedTime >= '2026-11-20T13:00:00+01:00'", ['A-1', 'A-2', "B'3"]],
    ["MetaData.LastUpdatedTime > '2026-11-20T12:00:00Z'", []],
    ["DocNumber LIKE '%' ORDER BY Id DESC", ["B'3", 'A-2', 'A-1']],
    ["DocNumber LIKE '%' ORDERBY TxnDate STARTPOSITION 2 MAXRESULTS 1", ['A-2']],
  ])('finds where %s', async (where, found) => {
    const { query } = await three()
    expect(numbersOf(await query(`select * from JournalEntry where ${where}`))).toEqual(found)
  })

  test('counts', async () => {
    const { query } = await three()
    expect((await query("select count(*) from JournalEntry where DocNumber LIKE 'A%'")).json).toMatchObject({
      QueryResponse: { totalCount: 2 },
    })
  })

  test.each([
    ["select * from JournalEntry where DocNumber = 'a' OR DocNumber = 'b'", '4000'],
    ['select * from JournalEntry where', '4000'],
    ['delete from JournalEntry', '4000'],
    ["select * from JournalEntry where DocNumber = 'a' MAXRESULTS", '4001'],
    ["select * from JournalEntry where PrivateNote = 'memo'", '4001'],
    ['select * from JournalEntry MAXRESULTS 1001', '4001'],
    ['select * from JournalEntry STARTPOSITION 0', '4001'],
    ['select * from Nothing', '4001'],
  ])('refuses %s', async (text, code) => {
    const { query } = await company(await talkToTargets())
    expect(codeOf(await query(text))).toBe(code)
  })

  test('shows what is active, unless it is asked for', async () => {
    const { query } = await company(await talkToTargets())
    const count = async (where: string) =>
      ((await query(`select count(*) from Account ${where}`)).json as { QueryResponse: { totalCount: number } })
        .QueryResponse.totalCount
    expect([
      await count(''),
      await count('where Active IN (true, false)'),
      await count('where Active = false'),
    ]).toEqual([49, 50, 1])
    expect((await query("select * from Account where AccountType = 'Accounts Payable'")).json).toMatchObject({
      QueryResponse: { Account: [{ Id: '78', FullyQualifiedName: 'Accounts Payable (A/P)', Active: true }] },
    })
  })
})

describe('who asks', () => {
  test('without a good token gets 401 in either envelope', async () => {
    const talk = await talkToTargets()
    const { get } = await company(talk)
    await talk.control('quickbooks/expire', { tokens: 'access' })
    expect(await get('preferences')).toMatchObject({
      status: 401,
      json: { fault: { error: [{ code: '3200' }], type: 'AUTHENTICATION' } },
    })
    await talk.control('quickbooks/settings', { lowerCase401: false })
    expect(await get('preferences')).toMatchObject({ status: 401, json: { Fault: { Error: [{ code: '3200' }] } } })
  })

  test('about another company gets 403', async () => {
    const talk = await talkToTargets()
    const { headers } = await company(talk)
    const answer = await talk.ask('/quickbooks/v3/company/9341450000000002/preferences', { headers })
    expect([answer.status, codeOf(answer)]).toEqual([403, '3100'])
  })

  test('too often gets 429 without a Retry-After, until the minute or second is over', async () => {
    const talk = await talkToTargets()
    const { get } = await company(talk)
    await talk.control('quickbooks/settings', { perMinute: 3, perSecond: 2 })
    const statuses: number[] = []
    for (const waitMs of [0, 0, 0, 1000, 60_000]) {
      talk.clock.nowMs += waitMs
      const answer = await get('preferences')
      statuses.push(answer.status)
      expect(answer.headers['retry-after']).toBeUndefined()
      if (answer.status === 429) expect(codeOf(answer)).toBe('3001')
    }
    expect(statuses).toEqual([200, 200, 429, 429, 200])
  })

  test('sees the company, its accounts one by one, and nothing that is not there', async () => {
    const { get, realmId } = await company(await talkToTargets())
    expect((await get(`companyinfo/${realmId}`)).json).toMatchObject({
      CompanyInfo: { CompanyName: 'Sandbox Agency LLC', Country: 'US' },
    })
    expect((await get('account/82')).json).toMatchObject({
      Account: { FullyQualifiedName: 'Advertising:Social media', SubAccount: true },
    })
    expect(codeOf(await get('account/999'))).toBe('610')
    expect((await get('preferences')).json).toMatchObject({
      Preferences: { CurrencyPrefs: { MultiCurrencyEnabled: true, HomeCurrency: { value: 'USD' } } },
    })
    expect(codeOf(await get('cdc?entities=JournalEntry&changedSince=2026-10-01T00:00:00Z'))).toBe('2010')
  })
})
