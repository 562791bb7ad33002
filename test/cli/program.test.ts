/** The frame of every command: global flags, failures as sentences or JSON, and exit codes. */
import { describe, expect, it } from 'vitest'
import { ConfigError, InvariantError, TransientError } from '../../src/domain/errors.ts'
import { reportFailure } from '../../src/cli/failure.ts'
import type { CliIo } from '../../src/cli/io.ts'
import { newFolder, run } from './support.ts'

describe('the command line', () => {
  it('shows its help and its version, and both are a success', async () => {
    const help = await run(['--help'])
    expect(help).toMatchObject({ exitCode: 0, stderr: '' })
    for (const command of ['config', 'journals', 'export', 'todo', 'decide', 'sandbox'])
      expect(help.stdout).toContain(command)
    expect(await run(['--help', 'sync'])).toEqual(help)
    expect(await run(['--version'])).toEqual({ exitCode: 0, stdout: '0.0.0\n', stderr: '' })
    const version = await run(['--version', '--json'])
    expect(version).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(version.stdout)).toEqual({ version: '0.0.0' })
  })

  it.each<[readonly string[], RegExp]>([
    [[], /No command was given/],
    [['conifg'], /Unknown command 'conifg' \(Did you mean config\?\)/],
    [
      ['--book', 'sync', '--now=2026-03-01T00:00:00Z', 'exort', 'sync'],
      /Unknown command 'exort' \(Did you mean export\?\)/,
    ],
    [['config', 'check', '--jsn'], /Unknown option '--jsn' \(Did you mean --json\?\)/],
    [['config', 'check', '--now', '2026-03-01'], /Give an instant with its zone/],
    [['config', 'check', '--now', '2026-13-01T00:00:00Z'], /Give an instant with its zone/],
    [['export', '--format', 'hledgr'], /Did you mean "hledger"/],
    [['export', '--format', 'csv'], /Required option '--from <date>'/],
    [['export', '--from', '2026-02-29'], /Give a date that exists/],
    [['todo', '--code', 'REFUND_MISING'], /Did you mean "REFUND_MISSING"/],
    [['config', 'check', '--config', '/nowhere/tieout.yaml'], /There is no configuration file \/nowhere\/tieout.yaml/],
  ])('refuses %j with a sentence and exit code 2', async (argv, sentence) => {
    const ran = await run(argv)
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toMatch(sentence)
    expect(ran.stderr).not.toMatch(/\bat .*\.ts:\d+/)
  })

  it('reports a failure as one JSON document with --json', async () => {
    const ran = await run(['config', 'check', '--json', '--config', '/nowhere/tieout.yaml'])
    expect(JSON.parse(ran.stderr)).toMatchObject({ error: { code: 'CONFIG_UNREADABLE', exitCode: 2 } })
    const usage = await run(['--json', 'conifg'])
    expect(JSON.parse(usage.stderr)).toMatchObject({ error: { code: 'USAGE', exitCode: 2 } })
  })

  it.each([
    [['ledger'], 'tieout ledger', 'verify'],
    [['payelancer', 'campaigns'], 'tieout payelancer campaigns', 'list'],
    [[], 'tieout', 'sync'],
  ])('names the commands of %j when none is given, as help or as JSON', async (argv, name, one) => {
    const help = await run(argv)
    expect(help).toMatchObject({ exitCode: 2, stdout: '' })
    expect(help.stderr).toMatch(new RegExp(`^Usage: ${name} .*No command was given to ${name}\\.\\nChoose one`, 's'))
    const json = await run([...argv, '--json'])
    expect(json).toMatchObject({ exitCode: 2, stdout: '' })
    const { error } = JSON.parse(json.stderr)
    expect(error).toMatchObject({ code: 'USAGE', message: `No command was given to ${name}.`, exitCode: 2 })
    expect(error.hint).toMatch(new RegExp(`^Its commands are .*\\b${one}\\b`))
  })

  it('asks for the book when there are several, and suggests the one that was meant', async () => {
    const source = '{ name: p, type: panel, baseUrl: "https://x.example", apiKey: { env: K }, currency: USD }'
    const book = (name: string): string => `  - { name: ${name}, currency: USD, sources: [${source}] }\n`
    const { run: runHere } = newFolder(`database: sqlite:./x.db\nbooks:\n${book('agency')}${book('studio')}`)
    expect((await runHere('todo')).stderr).toMatch(/several books: agency, studio/)
    expect((await runHere('todo', '--book', 'studo')).stderr).toMatch(/Did you mean "studio"\?/)
    expect((await runHere('todo', '--book', 'studio')).stderr).toMatch(/There is no database/)
  })
})

describe('a failure', () => {
  it.each<[string, unknown, number, RegExp]>([
    ['of the configuration', new ConfigError('C', 'This is wrong.', 'Do that.'), 2, /^This is wrong\.\nDo that\.\n$/],
    ['outside', new TransientError('T', 'It is down.'), 75, /^It is down\.\n$/],
    ['of an invariant', new InvariantError('I', 'It does not hold.'), 70, /^It does not hold\.\n$/],
    ['that nobody expected', new TypeError('x is undefined'), 70, /x is undefined\nRun it again with --debug/],
    ['that is not an error', 'boom', 70, /boom/],
  ])('%s says what to do and has its exit code', (_, error, code, text) => {
    const printed: string[] = []
    expect(reportFailure(error, ioTo(printed), { json: false, debug: false })).toBe(code)
    expect(printed.join('')).toMatch(text)
  })

  it('shows its stack only with --debug', () => {
    const printed: string[] = []
    reportFailure(new TypeError('x'), ioTo(printed), { json: false, debug: true })
    expect(printed.join('')).toMatch(/program\.test\.ts/)
  })

  it('after a signal is an interruption', () => {
    const printed: string[] = []
    const io = { ...ioTo(printed), signal: AbortSignal.abort() }
    expect(reportFailure(new Error('aborted'), io, { json: false, debug: false })).toBe(130)
  })
})

function ioTo(printed: string[]): CliIo {
  const sink = { write: (text: string) => void printed.push(text), isTty: false, columns: undefined }
  return { version: '', env: {}, stdout: sink, stderr: sink, nowMs: () => 0, signal: new AbortController().signal }
}
