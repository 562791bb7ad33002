import { describe, expect, it } from 'vitest'
import { orderHistoryLayoutSchema } from '../../../src/sources/panel/history-layout.ts'
import {
  openOrderHistory,
  orderHistoryRows,
  readOrderHistoryChunk,
  type OrderHistoryOptions,
} from '../../../src/sources/panel/order-history.ts'
import { collect, inPieces } from '../support.ts'

async function read(text: string, options: Partial<OrderHistoryOptions> = {}) {
  const history = await openOrderHistory(inPieces(text), { fileName: 'orders.csv', timeZone: 'UTC', ...options })
  return { layout: history.layout, results: await collect(orderHistoryRows(history)) }
}

const HEADER = 'ID,Date,Link,Charge,Start count,Quantity,Service,Status,Remains'

/** The one row of a Perfect Panel file whose cells differ from a good row's. */
async function one(changes: Readonly<Record<string, string>>, options: Partial<OrderHistoryOptions> = {}) {
  const cells: Record<string, string> = {
    ID: '23501',
    Date: '2026-03-13 20:55:00',
    Link: 'https://example.com/p',
    Charge: '0.27819',
    'Start count': '3572',
    Quantity: '1000',
    Service: '1 — Followers',
    Status: 'Partial',
    Remains: '157',
    ...changes,
  }
  const quoted = HEADER.split(',').map((name) => `"${(cells[name] ?? '').replaceAll('"', '""')}"`)
  const { results } = await read(`${HEADER}\n${quoted.join(',')}\n`, { decimal: '.', ...options })
  const [result] = results
  if (result === undefined) throw new Error('no row')
  return result
}

/** Order 7, as far as every set tells. */
const FULL = {
  orderId: '7',
  orderedAtMs: Date.UTC(2026, 2, 13, 20, 55),
  charge: 150_000_000n,
  status: 'in-progress',
  rawStatus: 'In progress',
  service: '12',
  quantity: 1000n,
  remains: 900n,
  link: 'https://e.com',
}

describe('known exports', () => {
  it('reads the Perfect Panel order page', async () => {
    expect(await one({})).toEqual({
      kind: 'row',
      line: 2,
      row: {
        orderId: '23501',
        orderedAtMs: Date.UTC(2026, 2, 13, 20, 55),
        charge: 27_819_000n,
        chargeDecimals: 5,
        chargeText: '0.27819',
        status: 'partial',
        isTimeSkipped: false,
        rawStatus: 'Partial',
        service: '1',
        serviceName: 'Followers',
        quantity: 1000n,
        startCount: 3572n,
        remains: 157n,
        link: 'https://example.com/p',
        currency: null,
      },
    })
  })

  it("reads a localized export with semicolons, dotted dates and decimal commas, in the user's zone", async () => {
    const text = [
      'Order id;Service;Link;Quantity;Start count;Remains;Charge;Status;Date;Finished',
      '7;Likes;https://e.com;10.000;1.204;0;"1.234,56 €";Completed;13.03.2026 20:55;14.03.2026 01:00',
      '8;Likes;https://e.com;500;;;0,5;In progress;01.07.2026 00:10;',
    ].join('\r\n')
    const { layout, results } = await read(text, { timeZone: 'Europe/Berlin' })
    expect(layout).toMatchObject({ delimiter: ';', decimal: ',', dayOrder: null, timeZone: 'Europe/Berlin' })
    expect(results).toMatchObject([
      {
        row: {
          orderId: '7',
          charge: 123_456_000_000n,
          quantity: 10_000n,
          startCount: 1204n,
          remains: 0n,
          service: null,
          serviceName: 'Likes',
          orderedAtMs: Date.UTC(2026, 2, 13, 19, 55),
        },
      },
      {
        row: {
          orderId: '8',
          charge: 50_000_000n,
          startCount: null,
          remains: null,
          status: 'in-progress',
          orderedAtMs: Date.UTC(2026, 5, 30, 22, 10),
        },
      },
    ])
  })

  it('reads a database table and admin data by their own column names', async () => {
    const table =
      'order_id\tservice_id\tapi_orderid\torder_quantity\torder_charge\torder_start\torder_remains\torder_create\torder_status\tlast_check'
    const { results } = await read(`${table}\n5\t12\t99\t100\t0.5\t7\t0\t2026-01-02 03:04:05\tcompleted\t0\n`)
    expect(results).toMatchObject([
      {
        row: { orderId: '5', service: '12', quantity: 100n, charge: 50_000_000n, startCount: 7n, status: 'completed' },
      },
    ])
    const admin =
      'id,user,charge,profits,link,start_count,count,service_id,service_name,status,status_name,remains,created,external_id'
    const { results: rows } = await read(
      `${admin}\n5,me,1.5,0.1,l,,100,12,Likes,3,Completed,0,2026-01-02 03:04:05,77\n`,
    )
    expect(rows).toMatchObject([
      {
        row: {
          orderId: '5',
          service: '12',
          serviceName: 'Likes',
          rawStatus: 'Completed',
          quantity: 100n,
          startCount: null,
        },
      },
    ])
  })
})

/** The same order as every column set tells it: what is not there is unknown, never zero. */
const SETS: readonly (readonly [string, string, string, Readonly<Record<string, unknown>>])[] = [
  [
    "a Perfect Panel user's orders page",
    HEADER,
    '7,2026-03-13 20:55:00,https://e.com,1.50,10,1000,12 — Likes,In progress,900',
    { ...FULL, startCount: 10n, serviceName: 'Likes' },
  ],
  [
    "a Perfect Panel admin's data",
    'id,user,type_name,charge,profits,link,start_count,count,service_id,service_name,status,status_name,remains,created,mode_name,external_id,provider',
    '7,me,API,1.50,0.10,https://e.com,10,1000,12,Likes,2,In progress,900,2026-03-13 20:55:00,Auto,99,p.example',
    { ...FULL, startCount: 10n, serviceName: 'Likes' },
  ],
  [
    "a user's own export",
    'Order id,Service,Link,Quantity,Start count,Remains,Charge,Status,Date,Finished',
    '7,12 - Likes,https://e.com,1000,10,900,$1.50,In progress,2026-03-13 20:55:00,',
    { ...FULL, startCount: 10n, serviceName: 'Likes' },
  ],
  [
    'the table of a panel script',
    'order_id,service_id,api_orderid,order_quantity,order_charge,order_start,order_remains,order_create,order_status,last_check',
    '7,12,99,1000,1.50,10,900,2026-03-13 20:55:00,inprogress,0',
    { ...FULL, startCount: 10n, link: null, rawStatus: 'inprogress' },
  ],
  [
    'a list without dates and charges',
    'Order ID,Status,Quantity',
    '7,In progress,1000',
    { ...FULL, orderedAtMs: null, charge: null, service: null, link: null, remains: null },
  ],
  [
    'ids and links alone',
    'ID,Link',
    '7,https://e.com',
    { orderId: '7', orderedAtMs: null, charge: null, status: 'unknown', rawStatus: '', quantity: null },
  ],
  ['ids alone, which say that they are of orders', 'Order no.', '7', { orderId: '7', status: 'unknown' }],
]

describe('the column set of', () => {
  it.each(SETS)('%s is read', async (_name, header, line, row) => {
    const { results } = await read(`${header}\n${line}\n`, { decimal: '.' })
    expect(results).toMatchObject([{ kind: 'row', line: 2, row }])
  })

  it.each([
    ['Reference,Type,Amount,Status,Note,Date', 'no column "ID"', ''],
    ['ID,Date,Method,Amount', 'looks like a list of payments', 'tieout evidence import FILE'],
    ['ID,Date,Payment Method,Amount,Fee,Status', 'looks like a list of payments', 'tieout evidence import FILE'],
    ['ID,Service,Rate,Min,Max', 'looks like a list of services', 'read over the API'],
    ['ID,Username,Email,Balance,Status,Created', 'something else than orders', '--column "orderId=HEADER"'],
  ])('no orders, %s, is refused', async (header, message, hint) => {
    const refusal = expect.objectContaining({
      exitCode: 2,
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    }) as Error
    await expect(read(`${header}\n`)).rejects.toThrow(refusal)
  })

  it('any language is read when its headers are named', async () => {
    const columns = { orderId: 'Mã đơn', charge: 'Giá', date: 'Ngày' }
    const { results } = await read('Mã đơn,Ngày,Giá,Ghi chú\n7,2026-03-13,1.5,x\n', { columns })
    expect(results).toMatchObject([{ row: { orderId: '7', charge: 150_000_000n } }])
  })
})

describe('a total line', () => {
  const lines = (...rows: readonly string[]): string => ['ID,Date,Charge,Status,Link', ...rows, ''].join('\n')
  const ONE = '1,2026-03-13,1.50,Completed,x'

  it.each([
    ['Total,,1.50,,', 150_000_000n],
    ['Grand total: 1 order,,"1.50",,', 150_000_000n],
    [',Total,1.50,,', 150_000_000n],
    ['TOTALS,,$1.50', 150_000_000n],
    ['Summe,,1.50,,', 150_000_000n],
    ['Итого:,,1.50,,', 150_000_000n],
    ['Total,,,,', null],
  ])('%j is none of the orders', async (line, charge) => {
    const { results } = await read(lines(ONE, line))
    expect(results[1]).toEqual({ kind: 'total', line: 3, charge })
  })

  it.each([
    '2,2026-03-13,1.50,Completed,Total',
    'Total7,2026-03-13,1.50,Completed,x',
    'Totally,2026-03-13,1.50,Done,x',
  ])('%j is not one', async (line) => {
    expect((await read(lines(ONE, line))).results[1]).toMatchObject({ kind: 'row' })
  })
})

describe('cells', () => {
  it.each([
    ['1 — Followers, fast', '1', 'Followers, fast'],
    ['1 - Followers', '1', 'Followers'],
    ['#812: Likes', '812', 'Likes'],
    ['44', '44', null],
    ['24-hour likes', null, '24-hour likes'],
    ['100 likes', null, '100 likes'],
    ['', null, null],
  ])('service "%s" is %s named %s', async (Service, service, serviceName) => {
    expect(await one({ Service })).toMatchObject({ row: { service, serviceName } })
  })

  it.each([
    [{ Charge: '' }, { charge: null, chargeText: null }],
    [{ Charge: '$0.50' }, { charge: 50_000_000n }],
    [{ Charge: '0.00' }, { charge: 0n, chargeDecimals: 2 }],
    [{ Remains: '-56' }, { remains: -56n }],
    [{ Remains: '+56' }, { remains: -56n }],
    [{ Remains: '' }, { remains: null }],
    [{ Quantity: '10,000' }, { quantity: 10_000n }],
    [{ Quantity: '1 000 000' }, { quantity: 1_000_000n }],
    [{ ID: '#23501' }, { orderId: '23501' }],
    [{ Status: 'Teilweise' }, { status: 'unknown', rawStatus: 'Teilweise' }],
    [{ Link: 'a\nb "c"' }, { link: 'a\nb "c"' }],
  ])('reads %j', async (changes, expected) => {
    expect(await one(changes)).toMatchObject({ kind: 'row', row: expected })
  })

  it.each([
    [{ ID: '' }, 'ID', 'the order id is empty'],
    [{ ID: 'two words' }, 'ID', 'is not an order id'],
    [{ Date: '' }, 'Date', 'the date is empty'],
    [{ Date: '2026-02-30' }, 'Date', 'not a date of the calendar'],
    [{ Charge: 'free' }, 'Charge', 'not an amount'],
    [{ Charge: '-1' }, 'Charge', 'negative'],
    [{ Status: ' ' }, 'Status', 'the status is empty'],
    [{ Quantity: 'many' }, 'Quantity', '"many" is not a whole number'],
    [{ Remains: '1.5' }, 'Remains', 'not a whole number'],
  ])('%j is a problem in column %s: %s', async (changes, column, reason) => {
    const result = await one(changes)
    expect(result).toMatchObject({ kind: 'problem', line: 2, problem: { column } })
    expect(result.kind === 'problem' && result.problem.reason).toContain(reason)
  })

  it('a row of another width is a problem of its line, and the rows around it are kept', async () => {
    const good = '1,2026-03-13,l,0.5,1,1,1,Completed,0'
    const { results } = await read(`${HEADER}\n${good}\n2,2026-03-13\n\n${good}\n`)
    expect(results).toMatchObject([
      { kind: 'row', line: 2 },
      { kind: 'problem', line: 3, problem: { column: null, reason: 'the row has 2 columns where the header has 9' } },
      { kind: 'row', line: 5 },
    ])
  })
})

describe('what one row cannot tell', () => {
  const file = (...rows: readonly string[]): string => ['ID;Date;Charge;Status', ...rows].join('\n')

  it('is decided from the other rows', async () => {
    const { layout, results } = await read(file('1;03/04/2026;1,234;Done', '2;13/04/2026;0,5;Done'))
    expect(layout).toMatchObject({ decimal: ',', dayOrder: 'day-first' })
    expect(results).toMatchObject([
      { row: { charge: 123_400_000n, orderedAtMs: Date.UTC(2026, 3, 3) } },
      { kind: 'row' },
    ])
  })

  it('is asked for, not guessed, when no row tells', async () => {
    const amounts = file('1;2026-04-03;1,234;Done')
    await expect(read(amounts)).rejects.toMatchObject({ code: 'CSV_DECIMAL_MARK', exitCode: 2 })
    expect((await read(amounts, { decimal: '.' })).results).toMatchObject([{ row: { charge: 123_400_000_000n } }])
    const dates = file('1;03/04/2026;5;Done')
    await expect(read(dates)).rejects.toMatchObject({ code: 'CSV_DATE_ORDER', exitCode: 2 })
    expect((await read(dates, { dayOrder: 'month-first' })).results).toMatchObject([
      { row: { orderedAtMs: Date.UTC(2026, 2, 4) } },
    ])
  })

  it('is a problem of the row when the first chunk needed no decision and a later one does', async () => {
    const { layout, results } = await read(file('1;2026-04-03;5;Done', '2;2026-04-03;1,5;Done'), { rowsPerChunk: 1 })
    expect(layout.decimal).toBeNull()
    expect(results).toMatchObject([{ kind: 'row' }, { kind: 'problem', line: 3, problem: { column: 'Charge' } }])
  })
})

describe('chunks', () => {
  it('are read by themselves, from what is landed, to the same rows', async () => {
    const rows = Array.from(
      { length: 12 },
      (_, n) => `${n},2026-03-13 10:00:${10 + n},"a\n${n}",0.${n}5,1,1,"1 — X",Completed,0`,
    )
    const text = `${HEADER}\n${rows.join('\n')}\n`
    const { results } = await read(text)
    const history = await openOrderHistory(inPieces(text, [11]), {
      fileName: 'orders.csv',
      timeZone: 'UTC',
      rowsPerChunk: 5,
    })
    const landedLayout = orderHistoryLayoutSchema.parse(JSON.parse(JSON.stringify(history.layout)))
    const chunks = await collect(history.chunks)
    expect(chunks.map((chunk) => chunk.rows)).toEqual([5, 5, 2])
    expect(chunks.toReversed().flatMap((chunk) => readOrderHistoryChunk(landedLayout, chunk).toReversed())).toEqual(
      results.toReversed(),
    )
  })

  it('a header without an order id is refused before any row', async () => {
    await expect(read('Date,Link,Charge\n2026-03-13,x,1\n')).rejects.toThrow(
      'orders.csv cannot be imported: it has no column "ID".',
    )
  })

  it.each(['', '\n', '\n \n\n', '\nTotal,,,0.00,,,,,\n'])('a header and then %j is refused', async (after) => {
    await expect(read(`${HEADER}${after}`)).rejects.toMatchObject({ code: 'CSV_NO_ROWS', exitCode: 2 })
  })
})
