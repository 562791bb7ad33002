/**
 * `tieout sandbox` prints what a person needs, serves until told to stop, and closes its port.
 */
import { spawn } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { bookSchema } from '../../src/config/schema.ts'
import { runSandbox } from '../../src/sandbox/command.ts'
import type { SandboxCommandOptions } from '../../src/sandbox/command.ts'
import { json, startServer } from '../http/support.ts'
import { ask, DAY_MS, START_MS } from './small-world.ts'

/** Resolves once the address is printed; the run ends with the test at the latest. */
async function runDemo(options: Partial<SandboxCommandOptions> = {}) {
  const stop = new AbortController()
  const lines: string[] = []
  const started = Promise.withResolvers<string>()
  const print = (line: string): void => {
    lines.push(line)
    const url = /^Sandbox at (\S+),/.exec(line)?.[1]
    if (url !== undefined) started.resolve(url)
  }
  const ended = runSandbox({ seed: 1, port: 0, startMs: START_MS, ...options, print, signal: stop.signal })
  onTestFinished(() => stop.abort())
  return { url: await started.promise, lines, stop, ended }
}

const askBalance = (url: string) =>
  ask(
    `${url}/panels/netpanel/api/v2`,
    'POST',
    {},
    new URLSearchParams({ key: 'sandbox-netpanel-key', action: 'balance' }),
  )

test('it prints addresses and keys that work, and stops when told', async () => {
  const { url, lines, stop, ended } = await runDemo()
  expect((await askBalance(url)).json).toEqual({ balance: '100.84292', currency: 'USD' })
  stop.abort()
  await ended
  expect(lines).toContain('    export TIEOUT_NETPANEL_KEY=sandbox-netpanel-key')
  await expect(ask(`${url}/_sandbox/clock`, 'GET', {})).rejects.toThrow('fetch failed')
})

test('the sources it prints are what a configuration takes', async () => {
  const { url, lines } = await runDemo()
  const yaml = lines.filter((line) => /^ {4}sources:$|^ {6}- \{/.test(line)).join('\n')
  const book = bookSchema.parse({
    name: 'demo',
    currency: 'USD',
    ...(parse(yaml) as Readonly<Record<string, unknown>>),
  })
  expect(book.sources).toMatchObject([
    { name: 'pub', role: 'publisher', baseUrl: `${url}/payelancer` },
    { name: 'ads', role: 'advertiser', apiKey: { env: 'TIEOUT_ADS_KEY' } },
    { name: 'netpanel', type: 'panel', timeZone: 'UTC', baseUrl: `${url}/panels/netpanel/api/v2` },
    { name: 'grosspanel', type: 'panel', timeZone: 'Europe/Berlin' },
  ])
})

test('the targets it prints are what a configuration takes, and their addresses answer', async () => {
  const { url, lines } = await runDemo()
  const start = lines.indexOf('    targets:')
  const yaml = lines.slice(start, lines.indexOf('', start)).join('\n')
  const { targets } = bookSchema.pick({ targets: true }).parse(parse(yaml))
  expect(targets).toMatchObject([
    { name: 'quickbooks', type: 'quickbooks', urls: { api: `${url}/quickbooks` } },
    { name: 'xero', clientSecret: { env: 'TIEOUT_XERO_SECRET' }, urls: { api: `${url}/xero/api.xro/2.0` } },
  ])
  const answers = await Promise.all(
    targets.flatMap(({ urls }) => [
      ask(urls.authorize, 'GET', {}),
      ask(urls.token, 'POST', {}),
      ask(urls.revoke, 'POST', {}),
      ask('connections' in urls ? `${urls.api}/Organisation` : `${urls.api}/v3/company/1/preferences`, 'GET', {}),
    ]),
  )
  expect(answers.map(({ status }) => status)).toEqual([400, 401, 401, 401, 400, 400, 400, 401])
})

test('it ends well at a termination signal', async () => {
  const module = new URL('../../src/sandbox/command.ts', import.meta.url).href
  const program = `
    const { runSandbox } = await import(${JSON.stringify(module)})
    await runSandbox({ seed: 1, port: 0, startMs: ${START_MS}, print: console.log })
    console.log('closed')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program])
  onTestFinished(() => void child.kill('SIGKILL'))
  let printed = ''
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (printed === '') child.kill('SIGTERM')
    printed += chunk.toString('utf8')
  }
  expect(printed).toMatch(/closed\n$/)
})

test('in real time the world follows the given clock', async () => {
  const { url } = await runDemo({ days: 1, ordersPerDay: 10, followClock: () => START_MS + 60_000 })
  expect((await ask(`${url}/_sandbox/clock`, 'GET', {})).json).toEqual({ now: '2026-01-01T00:01:00.000Z' })
})

test('a fault rate reaches the vendors and spares the controls', async () => {
  const { url } = await runDemo({ faultRate: 1, seed: 3 })
  const answers = await Promise.allSettled([1, 2, 3, 4].map(() => askBalance(url)))
  const healthy = answers.filter((answer) => answer.status === 'fulfilled' && answer.value.json !== undefined)
  expect(healthy.length).toBeLessThan(4)
  expect((await ask(`${url}/_sandbox/clock`, 'GET', {})).status).toBe(200)
})

test('given where tieout serve listens, it posts webhooks to the addresses its printed secrets make', async () => {
  const receiver = await startServer((response) => json(response, 200, { ok: true }))
  onTestFinished(() => receiver.close())
  const { url, lines } = await runDemo({ days: 1, ordersPerDay: 40, hooksUrl: receiver.url })
  const { sources } = bookSchema.parse({
    name: 'demo',
    currency: 'USD',
    ...(parse(lines.filter((line) => /^ {4}sources:$|^ {6}- \{/.test(line)).join('\n')) as object),
  })
  const exported = new Map(
    lines.map(
      (line) =>
        line
          .trim()
          .replace(/^export /, '')
          .split('=', 2) as [string, string],
    ),
  )
  const addresses = sources.flatMap(({ name, webhookSecret }) =>
    webhookSecret === undefined ? [] : [`/hooks/${name}/${exported.get(webhookSecret.env ?? '')}`],
  )
  const now = JSON.stringify({ now: new Date(START_MS + DAY_MS).toISOString() })
  const moved = await ask(`${url}/_sandbox/clock`, 'POST', {}, now)
  expect(moved.json).toMatchObject({ webhooksSent: receiver.received.length })
  expect([...new Set(receiver.received.map((each) => each.url))].toSorted()).toEqual(addresses.toSorted())
  expect(sources.map(({ name, webhookSecret }) => [name, webhookSecret !== undefined])).toEqual([
    ['pub', true],
    ['ads', false],
    ['netpanel', true],
    ['grosspanel', true],
  ])
})
