/** /healthz and /metrics: what is healthy, what is not and why, and a text that Prometheus reads. */
import { describe, expect, it } from 'vitest'
import type { BookStatus } from '../../src/pipeline/status/book-status.ts'
import type { Tick } from '../../src/pipeline/serve/ticks.ts'
import { createWebCounters } from '../../src/web/counters.ts'
import { healthOf } from '../../src/web/health.ts'
import { createLog } from '../../src/web/log.ts'
import { metricsText } from '../../src/web/metrics.ts'
import { createSecret } from '../../src/http/secret.ts'
import { describeOnSqlite } from '../support/databases.ts'
import { NOW_MS, webRig } from './support.ts'

const HOUR_MS = 3_600_000
const DUE_MS = NOW_MS - HOUR_MS

function tick(changes: Partial<Tick>): Tick {
  const times = { dueAtMs: DUE_MS, startedAtMs: DUE_MS, retryAtMs: null, finishedAtMs: null, aliveUntilMs: NOW_MS }
  const done = { status: 'done', outcome: 'done', attempts: 1, holder: 'machine/1/x', detail: 'Done.' } as const
  return { ...done, ...times, ...changes }
}

function status(changes: Partial<BookStatus> = {}): BookStatus {
  return {
    book: 'agency',
    lastRun: null,
    lastNight: null,
    lastWhole: null,
    runningNow: null,
    nextDueMs: NOW_MS + HOUR_MS,
    tick: null,
    proof: null,
    sources: [
      {
        name: 'netpanel',
        type: 'panel',
        lastReadingMs: DUE_MS,
        orders: { due: 7, open: 5, unclear: 2, walletNights: 30, walletNightsProven: 24 },
        unconfirmed: 3,
        oldestUnconfirmedMs: DUE_MS,
      },
    ],
    targets: [],
    webhooks: { deliveries: 10, duplicates: 4, waiting: 1 },
    exceptions: [{ source: 'netpanel', code: 'SOURCE_FAILED', currency: null, count: 2, amount: null, unknown: 2 }],
    ...changes,
  }
}

describe('the health of the daemon', () => {
  it.each([
    ['no night yet', null, []],
    ['a night that is done', tick({}), []],
    ['a night that runs', tick({ status: 'running' }), []],
    ['a source that is asked again', tick({ status: 'retry', outcome: 'incomplete', detail: 'down.' }), []],
    ['a book that another process works on', tick({ status: 'retry', outcome: 'busy', detail: 'busy.' }), []],
    ['a night that was told to stop', tick({ status: 'retry', outcome: 'stopped', detail: 'Stopped.' }), []],
    [
      'a night without a database',
      tick({ status: 'retry', outcome: 'transient', detail: 'lost.' }),
      [/failed and is tried again: lost\.$/],
    ],
    [
      'a night whose process was killed',
      tick({ status: 'retry', outcome: 'crashed', detail: 'Its process was ended by SIGKILL.' }),
      [/crashed and is tried again: Its process was ended by SIGKILL\.$/],
    ],
    [
      'a night that runs again after a crash',
      tick({ status: 'running', outcome: 'crashed', detail: '' }),
      [/crashed and is being tried again$/],
    ],
    [
      'a night that failed',
      tick({ status: 'failed', outcome: 'failed', detail: 'The key is missing.' }),
      [/failed: The key is missing\.$/],
    ],
    [
      'a night that runs for seven hours',
      tick({ status: 'running', dueAtMs: NOW_MS - 7 * HOUR_MS }),
      [/is still running$/],
    ],
    [
      'a night tried for seven hours',
      tick({ status: 'retry', detail: 'down.', dueAtMs: NOW_MS - 7 * HOUR_MS }),
      [/still being tried: down\.$/],
    ],
  ])('with %s', (_name, newest, reasons) => {
    const health = healthOf([status({ tick: newest })], null, NOW_MS)
    expect(health.status).toBe(reasons.length === 0 ? 'ok' : 'failing')
    expect(health.reasons).toEqual(reasons.map((reason) => expect.stringMatching(reason)))
  })
})

it.each([
  ['done', []],
  ['', []],
  ['failed', ['book agency: the weekly proof of 2026-03-22T00:20:00.000Z failed: It differs.']],
  ['crashed', ['book agency: the weekly proof of 2026-03-22T00:20:00.000Z failed: It differs.']],
] as const)('a weekly proof that ended as "%s" is healthy or says why not', (outcome, reasons) => {
  const proof = { startedAtMs: Date.UTC(2026, 2, 22, 0, 20), outcome, detail: 'It differs.' }
  expect(healthOf([status({ proof })], null, NOW_MS).reasons).toEqual(reasons)
})

describe('a night that was closed', () => {
  it.each([
    [
      'read nothing',
      [],
      ['netpanel', 'pay'],
      [/run 7, the last night, read nothing: netpanel, pay could not be read$/],
    ],
    ['read one source of two', ['pay'], ['netpanel'], []],
    ['has no sources', [], [], []],
  ])('and %s', (_name, read, unread, reasons) => {
    const outcome = unread.length > 0 ? ({ status: 'retry', outcome: 'incomplete' } as const) : {}
    const health = healthOf([status({ tick: tick(outcome), lastWhole: { run: 7, read, unread } })], null, NOW_MS)
    expect(health.reasons).toEqual(reasons.map((reason) => expect.stringMatching(reason)))
  })
})

describe('the metrics', () => {
  it('are text that Prometheus reads, with every label escaped', () => {
    const counters = createWebCounters()
    counters.count('webhook', 'stored')
    counters.observe('webhook', 0.007)
    const runs = [{ book: 'a"b\\c\nd', kind: 'sync', status: 'finished', count: 3 }]
    const text = metricsText([status({ tick: tick({ status: 'failed' }) })], runs, counters, 12)
    const lines = text.trimEnd().split('\n')
    const samples = lines.filter((line) => !line.startsWith('#'))
    expect(samples).toContain('tieout_runs{book="a\\"b\\\\c\\nd",kind="sync",status="finished"} 3')
    expect(samples).toContain('tieout_orders_due{book="agency",source="netpanel"} 7')
    expect(samples).toContain('tieout_night_failed{book="agency"} 1')
    expect(samples).toContain(
      'tieout_exceptions_open{book="agency",source="netpanel",code="SOURCE_FAILED",currency=""} 2',
    )
    expect(samples).toContain('tieout_webhook_commits_total 12')
    expect(samples).toContain('tieout_request_duration_seconds_bucket{what="webhook",le="0.005"} 0')
    expect(samples).toContain('tieout_request_duration_seconds_bucket{what="webhook",le="0.01"} 1')
    expect(samples.filter((line) => !/^tieout_\w+(\{.*\})? -?[\d.e+-]+$/.test(line))).toEqual([])
    // Each family is told once, before its samples.
    const families = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2])
    expect(new Set(families).size).toBe(families.length)
  })
})

describeOnSqlite('the monitoring addresses', (fresh) => {
  it('say that the database cannot be read, instead of failing', async () => {
    const read = (): Promise<never> => Promise.reject(new Error('no connection'))
    const rig = await webRig(await fresh(), { read })
    const response = await rig.get('/healthz')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ reasons: ['the database cannot be read: no connection'] })
  })

  it('tell a stranger nothing about other addresses', async () => {
    const rig = await webRig(await fresh())
    for (const path of ['/', '/hooks', '/admin', '/metrics/../hooks']) expect((await rig.get(path)).status).toBe(404)
    expect((await rig.get('/metrics')).headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  })
})

describe('the log', () => {
  it('is JSON lines without secrets, wherever in a line they stood', () => {
    const lines: string[] = []
    const secret = 'p4ss word+of/a panel'
    const log = createLog({
      write: (line) => void lines.push(line),
      secrets: [createSecret(secret)],
      nowMs: () => NOW_MS,
    })
    log.info({ url: `https://panel.example/?key=${encodeURIComponent(secret)}` }, `asked with ${secret}`)
    log.error({ err: new Error(`refused ${secret}`) }, 'failed')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      {
        level: 'info',
        time: '2026-03-20T00:00:00.000Z',
        msg: 'asked with [redacted]',
        url: 'https://panel.example/?key=[redacted]',
      },
      { level: 'error', msg: 'failed', err: { message: 'refused [redacted]' } },
    ])
    expect(lines.join('')).not.toContain('p4ss')
  })
})
