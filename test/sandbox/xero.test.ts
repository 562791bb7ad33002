/**
 * Xero's stand-in answers as the documents say, over real HTTP: manual journals in both forms of refusal, keys of six
 * minutes, filters and pages, lock dates, three limits, and XML for whoever forgets to ask for JSON.
 */
import { describe, expect, test } from 'vitest'
import { connect, talkToTargets, type Answered, type Asked, type TargetTalk } from './target-talk.ts'

const MINUTE_MS = 60_000

interface Element {
  readonly ManualJournalID: string
  readonly Narration: string
  readonly Status: string
  readonly StatusAttributeString: string
  readonly JournalLines?: readonly unknown[]
  readonly ValidationErrors?: readonly { readonly Message: string }[]
}

const GOOD_LINES = [
  { LineAmount: 97.1, AccountCode: '812', TaxType: 'NONE', Description: 'one' },
  { LineAmount: -97.1, AccountCode: '4000', TaxType: 'NONE' },
]

const journal = (changes: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  Narration: 'PO-20261120-000123 memo',
  Date: '2026-11-20',
  Status: 'POSTED',
  LineAmountTypes: 'NoTax',
  JournalLines: GOOD_LINES,
  ...changes,
})

/** The first line changed, so that it is wrong in one way. */
const withLine = (changes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  journal({ JournalLines: [{ ...GOOD_LINES[0], ...changes }, GOOD_LINES[1]] })

async function organisation(talk: TargetTalk, consent: Readonly<Record<string, string>> = {}) {
  const { tokens } = await connect(talk, 'xero', consent)
  const [tenant = ''] = talk.server.targets.xero.organisations.keys()
  const headers = {
    authorization: `Bearer ${tokens.access_token}`,
    'xero-tenant-id': tenant,
    accept: 'application/json',
    'content-type': 'application/json',
  }
  const ask = (path: string, asked: Asked = {}): Promise<Answered> =>
    talk.ask(`/xero/api.xro/2.0/${path}`, { ...asked, headers: { ...headers, ...asked.headers } })
  const save = (body: unknown, { method = 'PUT', query = 'summarizeErrors=false', key = '', path = '' } = {}) =>
    ask(`ManualJournals${path}?${query}`, {
      method,
      body: typeof body === 'string' ? body : JSON.stringify({ ManualJournals: [body] }),
      ...(key === '' ? {} : { headers: { 'idempotency-key': key } }),
    })
  return { ask, save, headers, tenant }
}

const elementsOf = ({ json }: Answered): readonly Element[] =>
  (json as { readonly ManualJournals: readonly Element[] }).ManualJournals

const entriesOf = async ({ control }: TargetTalk) =>
  (await control('xero/entries')).json as readonly {
    readonly id: string
    readonly status: string
    readonly memo: string
  }[]

describe('a manual journal', () => {
  test('is saved and shown with what was sent, its dates in ticks', async () => {
    const talk = await talkToTargets()
    const { save, ask } = await organisation(talk)
    const saved = await save(journal())
    const [element] = elementsOf(saved)
    expect(saved.status).toBe(200)
    expect(element).toMatchObject({
      StatusAttributeString: 'OK',
      Status: 'POSTED',
      Date: '/Date(1795132800000+0000)/',
      UpdatedDateUTC: '/Date(1795176000000+0000)/',
      LineAmountTypes: 'NoTax',
      JournalLines: [
        { LineAmount: 97.1, AccountCode: '812', Description: 'one', TaxType: 'NONE', Tracking: [] },
        { LineAmount: -97.1, AccountCode: '4000' },
      ],
    })
    expect(saved.text).toContain('"LineAmount":97.10,')
    const read = elementsOf(await ask(`ManualJournals/${element?.ManualJournalID}`))[0]
    expect(read).toMatchObject({ Narration: 'PO-20261120-000123 memo', JournalLines: [{}, {}] })
    expect((await ask('ManualJournals/nothing')).status).toBe(404)
  })

  const invalid = (name: string) => `Account code '${name}' is not a valid code for this document.`
  const REFUSALS: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ['no narration', journal({ Narration: '' }), 'Narration is required'],
    ['one line', journal({ JournalLines: GOOD_LINES.slice(0, 1) }), 'A manual journal must have at least two lines'],
    ['no balance', withLine({ LineAmount: 100 }), 'The total debits (100.00) must equal total credits (-97.10)'],
    ['an unknown account', withLine({ AccountCode: '9999' }), invalid('9999')],
    ['a bank account', withLine({ AccountCode: '090' }), invalid('090')],
    ['accounts receivable', withLine({ AccountCode: '610' }), invalid('610')],
    ['accounts payable', withLine({ AccountCode: '800' }), invalid('800')],
    ['another system account', withLine({ AccountCode: '820' }), invalid('820')],
    ['retained earnings', withLine({ AccountCode: '960' }), invalid('960')],
    ['inventory', withLine({ AccountCode: '630' }), invalid('630')],
    ['an archived account', withLine({ AccountCode: '499' }), "Account code '499' has been archived, or deleted."],
    ['no account', withLine({ AccountCode: undefined }), 'Account code or ID must be specified'],
    [
      'an unknown tax type',
      withLine({ TaxType: 'NO_TAX' }),
      "The TaxType code 'NO_TAX' cannot be used with account code '812'.",
    ],
    [
      'an archived tax type',
      withLine({ TaxType: 'TAX001' }),
      "The TaxType code 'TAX001' cannot be used with account code '812'.",
    ],
    [
      'unknown tracking',
      withLine({ Tracking: [{ Name: 'Team', Option: 'A' }] }),
      "The tracking category 'Team' does not exist",
    ],
    [
      'an unknown option',
      withLine({ Tracking: [{ Name: 'Source', Option: 'A' }] }),
      "The tracking option 'A' does not exist in 'Source'",
    ],
    [
      'tracking three times',
      withLine({
        Tracking: ['Source', 'Region', 'Source'].map((Name) => ({
          Name,
          Option: Name === 'Region' ? 'Europe' : 'pub',
        })),
      }),
      'A line can have at most 2 tracking categories',
    ],
    ['three decimals', withLine({ LineAmount: 97.101 }), 'LineAmount has more decimals than the base currency'],
    ['the status VOID', journal({ Status: 'VOID' }), "The status 'VOID' cannot be applied"],
    ['line amounts of another type', journal({ LineAmountTypes: 'None' }), "LineAmountTypes 'None' is not valid"],
  ]

  test.each(REFUSALS)(
    'with %s is refused inside a 200 or with a 400, and nothing is saved',
    async (_name, body, message) => {
      const talk = await talkToTargets()
      const { save } = await organisation(talk)
      const inside = await save(body)
      expect([inside.status, elementsOf(inside)[0]?.StatusAttributeString]).toEqual([200, 'ERROR'])
      expect(elementsOf(inside)[0]?.ValidationErrors).toContainEqual({ Message: message })
      const whole = await save(body, { query: '' })
      expect(whole).toMatchObject({
        status: 400,
        json: { ErrorNumber: 10, Type: 'ValidationException', Message: 'A validation exception occurred' },
      })
      expect(whole.text).toContain(JSON.stringify(message))
      expect(await entriesOf(talk)).toEqual([])
    },
  )

  test.each([
    ['an amount in quotes', JSON.stringify({ ManualJournals: [withLine({ LineAmount: '97.10' })] })],
    ['an account code that is a number', JSON.stringify({ ManualJournals: [withLine({ AccountCode: 812 })] })],
    ['a date that is none', JSON.stringify({ ManualJournals: [journal({ Date: 'yesterday' })] })],
    ['no list', '{"ManualJournals":{}}'],
    ['no JSON', '<ManualJournals/>'],
  ])('with %s cannot be read at all', async (_name, body) => {
    const { save } = await organisation(await talkToTargets())
    expect(await save(body)).toMatchObject({ status: 400, json: { ErrorNumber: 17, Type: 'PostDataInvalidException' } })
  })

  test('among others is refused alone, or with all of them, as was asked', async () => {
    const talk = await talkToTargets()
    const { save } = await organisation(talk)
    const both = JSON.stringify({ ManualJournals: [journal({ Narration: 'good' }), withLine({ AccountCode: '090' })] })
    expect((await save(both, { query: 'summarizeErrors=true' })).status).toBe(400)
    expect(await entriesOf(talk)).toEqual([])
    expect(elementsOf(await save(both)).map((each) => each.StatusAttributeString)).toEqual(['OK', 'ERROR'])
    expect(await entriesOf(talk)).toMatchObject([{ memo: 'good' }])
  })

  test('tracks at most two categories', async () => {
    const { save } = await organisation(await talkToTargets())
    const tracking = [
      { Name: 'Source', Option: 'pub' },
      { Name: 'Region', Option: 'Europe' },
    ]
    expect(elementsOf(await save(withLine({ Tracking: tracking })))[0]).toMatchObject({
      JournalLines: [{ Tracking: tracking }, { Tracking: [] }],
    })
  })

  test('is changed by POST with its id, voided when posted, deleted when a draft, and then final', async () => {
    const talk = await talkToTargets()
    const { save } = await organisation(talk)
    const [posted] = elementsOf(await save(journal()))
    const [draft] = elementsOf(await save(journal({ Status: undefined })))
    expect(draft?.Status).toBe('DRAFT')
    const change = async (id: string | undefined, fields: Readonly<Record<string, unknown>>) =>
      elementsOf(await save({ ManualJournalID: id, ...fields }, { method: 'POST' }))[0]
    expect(await change(posted?.ManualJournalID, { Narration: 'edited' })).toMatchObject({
      Narration: 'edited',
      Status: 'POSTED',
    })
    expect(await change(posted?.ManualJournalID, { Status: 'DELETED' })).toMatchObject({
      StatusAttributeString: 'ERROR',
    })
    expect(await change(posted?.ManualJournalID, { Status: 'VOIDED' })).toMatchObject({ Status: 'VOIDED' })
    expect(await change(posted?.ManualJournalID, { Narration: 'again' })).toMatchObject({
      StatusAttributeString: 'ERROR',
    })
    expect(await change(draft?.ManualJournalID, { Status: 'DELETED' })).toMatchObject({ Status: 'DELETED' })
    expect(await change('none', { Narration: 'x' })).toMatchObject({ StatusAttributeString: 'ERROR' })
    expect((await entriesOf(talk)).map(({ status }) => status)).toEqual(['voided', 'deleted'])
  })

  test('on or before a lock date is refused; an edit there comes back with 200 and changes nothing', async () => {
    const talk = await talkToTargets()
    const { save, ask } = await organisation(talk)
    const [saved] = elementsOf(await save(journal()))
    await talk.control('xero/settings', { periodLockDate: '2026-11-20' })
    const period = 'The document date cannot be before the period lock date, currently set at 20 November 2026'
    expect((await save(journal(), { query: '' })).text).toContain(period)
    const edit = await save(
      { ManualJournalID: saved?.ManualJournalID, Narration: 'edited' },
      { method: 'POST', query: '' },
    )
    expect([edit.status, elementsOf(edit)[0]?.ValidationErrors]).toEqual([200, [{ Message: period }]])
    expect(await entriesOf(talk)).toMatchObject([{ memo: 'PO-20261120-000123 memo' }])
    expect(elementsOf(await save(journal({ Date: '2026-11-21' })))[0]?.StatusAttributeString).toBe('OK')
    await talk.control('xero/settings', { endOfYearLockDate: '2026-12-31' })
    expect((await save(journal())).text).toContain('end of year lock date, currently set at 31 December 2026')
    expect((await ask('Organisation')).json).toMatchObject({
      Organisations: [{ BaseCurrency: 'USD', PeriodLockDate: '/Date(1795132800000+0000)/' }],
    })
  })
})

describe('an idempotency key', () => {
  test('gives the same answer for six minutes, refusals included, and then is new', async () => {
    const talk = await talkToTargets()
    const { save } = await organisation(talk)
    const first = await save(journal(), { key: 'k1' })
    talk.clock.nowMs += 6 * MINUTE_MS - 1
    expect((await save(journal(), { key: 'k1' })).text).toBe(first.text)
    expect(await entriesOf(talk)).toHaveLength(1)
    talk.clock.nowMs += 1
    await save(journal(), { key: 'k1' })
    expect(await entriesOf(talk)).toHaveLength(2)
    await talk.control('xero/settings', { periodLockDate: '2026-11-20' })
    const refused = await save(journal(), { key: 'k2' })
    await talk.control('xero/settings', { periodLockDate: null })
    expect((await save(journal(), { key: 'k2' })).text).toBe(refused.text)
    expect(elementsOf(await save(journal(), { key: 'k3' }))[0]?.StatusAttributeString).toBe('OK')
  })

  test('with another request, or too long, is refused', async () => {
    const { save } = await organisation(await talkToTargets())
    await save(journal(), { key: 'k1' })
    const other = await save(journal({ Narration: 'other' }), { key: 'k1' })
    expect(other.status).toBe(400)
    expect(other.text).toContain("Idempotency Key 'k1' is used with a different request")
    expect((await save(journal(), { key: 'k1', method: 'POST' })).status).toBe(400)
    expect((await save(journal(), { key: 'k'.repeat(129) })).status).toBe(400)
  })

  test('lets a second request wait for the first, and saves once', async () => {
    const talk = await talkToTargets()
    const { save } = await organisation(talk)
    await talk.control('xero/faults', { script: ['slow'], holdMs: 30 })
    const [one, two] = await Promise.all([save(journal(), { key: 'k1' }), save(journal(), { key: 'k1' })])
    expect(one.text).toBe(two.text)
    expect(await entriesOf(talk)).toHaveLength(1)
  })
})

describe('the list', () => {
  async function three() {
    const talk = await talkToTargets()
    const books = await organisation(talk)
    for (const [narration, date] of [
      ['A-1 x', '2026-11-18'],
      ['A-2 x', '2026-11-19'],
      ['B "3"', '2026-11-20'],
    ] as const) {
      await books.save(journal({ Narration: narration, Date: date }))
      talk.clock.nowMs += MINUTE_MS
    }
    return { ...books, talk }
  }
  const found = async (
    books: Awaited<ReturnType<typeof organisation>>,
    query: Readonly<Record<string, string>>,
    headers = {},
  ) =>
    elementsOf(await books.ask(`ManualJournals?${new URLSearchParams(query).toString()}`, { headers })).map(
      (each) => each.Narration,
    )

  test.each([
    ['Narration=="A-1 x"', ['A-1 x']],
    [String.raw`Narration == "B \"3\""`, ['B "3"']],
    ['Narration.StartsWith("A-")', ['A-1 x', 'A-2 x']],
    ['Narration.Contains("3") OR Narration=="A-1 x"', ['A-1 x', 'B "3"']],
    ['Date>=DateTime(2026, 11, 19) && Date<DateTime(2026,11,20)', ['A-2 x']],
    ['(Narration=="A-1 x" OR Narration=="A-2 x") AND Date==DateTime(2026,11,19)', ['A-2 x']],
    ['Status=="DRAFT"', []],
  ])('finds where %s', async (where, narrations) => {
    expect(await found(await three(), { where, page: '1' })).toEqual(narrations)
  })

  test.each(['Reference=="x"', 'Narration=="a" AND', '(Narration=="a"', 'Narration="a"'])(
    'refuses where %s',
    async (where) => {
      const { ask } = await organisation(await talkToTargets())
      expect(await ask(`ManualJournals?where=${encodeURIComponent(where)}`)).toMatchObject({
        status: 400,
        json: { Type: 'QueryParseException' },
      })
    },
  )

  test('is paged, ordered and cut by the last change; lines come with a page alone', async () => {
    const books = await three()
    expect(await found(books, { page: '2', pageSize: '2' })).toEqual(['B "3"'])
    expect(await found(books, { order: 'Date DESC', page: '1' })).toEqual(['B "3"', 'A-2 x', 'A-1 x'])
    expect(await found(books, {}, { 'if-modified-since': '2026-11-20T12:01:00' })).toEqual(['A-2 x', 'B "3"'])
    expect(elementsOf(await books.ask('ManualJournals')).some((each) => 'JournalLines' in each)).toBe(false)
    expect(elementsOf(await books.ask('ManualJournals?page=1')).every((each) => each.JournalLines?.length === 2)).toBe(
      true,
    )
    expect((await books.ask('ManualJournals?page=1&pageSize=1001')).status).toBe(400)
  })
})

describe('who asks', () => {
  test('sees accounts, tax rates and tracking', async () => {
    const { ask } = await organisation(await talkToTargets())
    expect((await ask('Accounts')).json).toMatchObject({
      Accounts: expect.arrayContaining([
        expect.objectContaining({ Code: '812', Type: 'CURRENT', Status: 'ACTIVE' }),
        expect.objectContaining({ Code: '610', SystemAccount: 'DEBTORS' }),
        expect.objectContaining({ Code: '499', Status: 'ARCHIVED' }),
      ]) as unknown,
    })
    expect((await ask('TaxRates')).json).toMatchObject({
      TaxRates: [{ Name: 'Tax Exempt', TaxType: 'NONE' }, {}, {}, {}],
    })
    expect((await ask('TrackingCategories')).json).toMatchObject({
      TrackingCategories: [{ Name: 'Source' }, { Name: 'Region' }],
    })
  })

  test('without asking for JSON gets XML', async () => {
    const { ask } = await organisation(await talkToTargets())
    const answer = await ask('Organisation', { headers: { accept: '*/*' } })
    expect(answer.headers['content-type']).toContain('text/xml')
    expect(answer.text).toMatch(/^<Response>.*<BaseCurrency>USD<\/BaseCurrency>/)
  })

  test('with an expired or unknown token, another tenant, or too small a scope is turned away', async () => {
    const talk = await talkToTargets()
    const { ask } = await organisation(talk)
    const detail = async (headers = {}) => {
      const { status, json } = await ask('Accounts', { headers })
      return [status, (json as { readonly Detail: string }).Detail]
    }
    expect(await detail({ authorization: 'Bearer unknown' })).toEqual([401, 'AuthenticationUnsuccessful'])
    expect(await detail({ 'xero-tenant-id': 'other' })).toEqual([403, 'AuthenticationUnsuccessful'])
    talk.clock.nowMs += 30 * MINUTE_MS
    expect(await detail()).toEqual([401, 'TokenExpired: token expired'])
    const small = await organisation(talk, { scope: 'accounting.settings.read' })
    const answer = await small.save(journal())
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer error="insufficient_scope"'])
    expect((await small.ask('Accounts')).status).toBe(200)
  })

  test('is told on every answer what is left, and how long to wait after the last of a minute or a day', async () => {
    const talk = await talkToTargets()
    const { ask } = await organisation(talk)
    await talk.control('xero/settings', { perMinute: 2, perDay: 4 })
    const limits = async () => {
      const { status, headers } = await ask('Organisation')
      return [
        status,
        headers['x-minlimit-remaining'],
        headers['x-daylimit-remaining'],
        headers['x-rate-limit-problem'],
        headers['retry-after'],
      ]
    }
    expect(await limits()).toEqual([200, '1', '3', undefined, undefined])
    expect(await limits()).toEqual([200, '0', '2', undefined, undefined])
    expect(await limits()).toEqual([429, '0', '1', 'minute', '60'])
    talk.clock.nowMs += MINUTE_MS
    expect(await limits()).toEqual([200, '1', '0', undefined, undefined])
    expect(await limits()).toEqual([429, '0', '0', 'day', String(12 * 3600 - 60)])
    talk.clock.nowMs += 12 * 60 * MINUTE_MS
    const again = await organisation(talk)
    expect((await again.ask('Organisation')).status).toBe(200)
  })

  test('six times at once is refused once, without a time to wait', async () => {
    const talk = await talkToTargets()
    const { ask } = await organisation(talk)
    await talk.control('xero/faults', { script: Array(5).fill('slow'), kinds: [], holdMs: 60_000 })
    // Five are held, so the first to come back can only be the sixth.
    const asked = Array.from({ length: 6 }, () => ask('Organisation'))
    const pending = Promise.allSettled(asked)
    const { status, headers } = await Promise.race(asked)
    expect([status, headers['x-rate-limit-problem'], headers['retry-after']]).toEqual([429, 'concurrent', undefined])
    await talk.server.close()
    await pending
  })

  test('an organisation that is offline gets one line of text', async () => {
    const talk = await talkToTargets()
    const { ask } = await organisation(talk)
    await talk.control('xero/settings', { isOffline: true })
    expect(await ask('Organisation')).toMatchObject({ status: 503, text: 'The Organisation is offline' })
  })
})
