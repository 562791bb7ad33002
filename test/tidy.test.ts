/**
 * Style that a machine can check, so that nobody has to remember it: which folder may import which, a domain without
 * clock or I/O, a header on every file, files of readable length, and no leftovers. Function length, `any` and default
 * exports are the linter's (`.oxlintrc.json`).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const STEPS = [
  'machine',
  'config',
  'domain',
  'panels',
  'panels/rules',
  'payelancer',
  'payelancer/rules',
  'matching/rules',
  'statements/rules',
  'db',
  'http',
  'log',
  'evidence',
  'sources',
  'ledger',
  'reconcile',
  'journals',
  'connections',
  'targets',
]

/** The folders a folder may import. Whatever is not here is not allowed: the arrows of docs/architecture.md. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  'panels/rules': ['domain'],
  panels: ['domain', 'db', 'panels/rules'],
  'payelancer/rules': ['domain'],
  'matching/rules': ['domain'],
  'statements/rules': ['domain'],
  payelancer: ['domain', 'db', 'payelancer/rules'],
  machine: [],
  http: ['domain', 'machine'],
  db: ['domain', 'machine'],
  log: ['domain', 'db'],
  config: ['domain', 'http', 'panels/rules', 'payelancer/rules'],
  sources: ['domain', 'http', 'panels/rules'],
  evidence: ['domain', 'db', 'log', 'panels/rules', 'statements/rules'],
  ledger: ['domain', 'db', 'machine'],
  reconcile: ['domain', 'db', 'ledger', 'payelancer', 'payelancer/rules'],
  journals: ['domain', 'db', 'ledger', 'log'],
  connections: ['config', 'domain', 'db', 'http', 'log', 'machine'],
  targets: ['config', 'connections', 'domain', 'db', 'http', 'ledger', 'log', 'journals', 'machine'],
  alerts: ['config', 'domain', 'db', 'http', 'log', 'machine', 'evidence', 'sources', 'ledger', 'reconcile'],
  pipeline: [...STEPS, 'alerts'],
  web: [...STEPS, 'pipeline'],
  sandbox: ['domain'],
  demo: [...STEPS, 'pipeline', 'sandbox', 'web'],
  cli: [...STEPS, 'alerts', 'pipeline', 'web', 'sandbox', 'demo'],
}

/** A pure rule gets the time, randomness and its input passed in; a rule that looks around cannot be replayed. */
const IMPURE: readonly (readonly [string, RegExp])[] = [
  ['the clock', /\bDate\.now\b|\bnew Date\(\)|\bTemporal\.Now\b|\bperformance\.now\b|\bsetTimeout\b|\bsetInterval\b/],
  ['randomness', /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/],
  ['the environment', /\bprocess\b\./],
  ['input or output', /['"]node:(?!util|buffer|crypto)|\bconsole\b\.|\bfetch\(/],
]

/** What a process has outside of its arguments: a simulation gives its own, so nothing goes round src/machine. */
const MACHINE =
  /\bDate\.now\b|\bperformance\.now\b|\bsetInterval\b|\bsetTimeout\b|\bMath\.random\b|\brandomUUID\b|\brandomBytes,|\bprocess\.pid\b/
/** The stand-ins of vendors are another machine; sockets have timers of their own; Ctrl-C is the process's. */
const MAY_READ_THE_MACHINE = [
  'src/machine/',
  'src/sandbox/',
  'src/demo/',
  'src/http/undici-transport.ts',
  'src/web/listen.ts',
  'src/connections/callback-server.ts',
  'src/cli/process-io.ts',
]

interface SourceFile {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
}

const sources = filesIn('src')
const tests = filesIn('test')
const everything = [...sources, ...tests, ...filesIn('bench')]

describe('the source', () => {
  it('imports in one direction', () => {
    expect(sources.flatMap(wrongImports)).toEqual([])
  })

  it('knows every folder by name', () => {
    expect([...new Set(sources.map(roomOf))].filter((room) => !(room in MAY_IMPORT))).toEqual([])
  })

  it('keeps the clock, randomness, the environment and I/O out of the domain and the rules', () => {
    const isPure = (file: SourceFile): boolean => roomOf(file) === 'domain' || file.path.includes('/rules/')
    expect(sources.filter(isPure).flatMap(impurities)).toEqual([])
  })

  it('reads the clock, chance, timers and the name of its process in one place only', () => {
    const outside = (file: SourceFile): boolean => !MAY_READ_THE_MACHINE.some((path) => file.path.startsWith(path))
    expect(sources.filter(outside).flatMap((file) => hits(file, MACHINE, 'what src/machine/machine.ts gives'))).toEqual(
      [],
    )
  })

  it('starts every file with a comment of one to five lines that says what it promises', () => {
    expect(sources.filter(({ lines }) => !hasHeader(lines)).map(({ path }) => path)).toEqual([])
  })

  it('lets no oracle and no simulated world know the code they judge', () => {
    const judges = tests.filter(({ path }) => /^test\/simulate\/(oracles|world)\//.test(path))
    expect(judges.length).toBeGreaterThan(3)
    const others = judges.flatMap(importsOf).filter(({ path }) => !/^(test\/simulate|src\/sandbox)\//.test(path))
    expect(others).toEqual([])
  })

  it('has no barrel files', () => {
    expect(sources.filter(isBarrel).map(({ path }) => path)).toEqual([])
  })
})

describe('all files', () => {
  it('are short: none over 500 lines and few over 300', () => {
    const long = everything.filter(({ lines }) => lines.length > 300)
    expect(everything.filter(({ lines }) => lines.length > 500).map(({ path }) => path)).toEqual([])
    expect(long.length, list(long)).toBeLessThanOrEqual(everything.length / 20)
  })

  it('have no leftovers', () => {
    const leftover = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|XXX|HACK)\\b`)
    expect(everything.flatMap((file) => hits(file, leftover, 'a leftover'))).toEqual([])
  })

  it('have no default exports and no any', () => {
    const rules: readonly RegExp[] = [/^export default\b/, /(: any\b|<any>|\bas any\b)/]
    expect(everything.flatMap((file) => rules.flatMap((rule) => hits(file, rule, 'not allowed')))).toEqual([])
  })
})

describe('the tests', () => {
  it('are all run, and never sleep', () => {
    const unwanted = /\b(it|test|describe)\.(skip|only|todo|fails)\b|\bx(it|describe)\(|\bsleep\(|setTimeout\(resolve/
    expect(tests.flatMap((file) => hits(file, unwanted, 'not allowed in a test'))).toEqual([])
  })

  it('use no mocks', () => {
    expect(tests.flatMap((file) => hits(file, /\bvi\.(mock|spyOn|fn|useFakeTimers)\b/, 'a mock'))).toEqual([])
  })
})

function filesIn(folder: string): readonly SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => {
      const text = readFileSync(path, 'utf8')
      return { path: relative(ROOT, path), text, lines: text.trimEnd().split('\n') }
    })
}

/** A subject's pure rules are a room of their own: what may read them may not read its tables. */
function roomOf({ path }: Pick<SourceFile, 'path'>): string {
  const [, room = '', inner] = path.split('/')
  return inner === 'rules' ? `${room}/rules` : room
}

function wrongImports(file: SourceFile): readonly string[] {
  const from = roomOf(file)
  return importsOf(file).flatMap(({ path }) => {
    const to = path.startsWith('src/') ? roomOf({ path }) : path
    const allowed = to === from || (MAY_IMPORT[from] ?? []).includes(to)
    return allowed ? [] : [`${file.path} imports ${path}: ${from} may not import ${to}`]
  })
}

/** The files of this repository that a file imports. */
function importsOf(file: SourceFile): readonly { readonly path: string; readonly by: string }[] {
  return [...file.text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target = '']) => ({
    path: relative(ROOT, resolve(ROOT, dirname(file.path), target)),
    by: file.path,
  }))
}

function impurities(file: SourceFile): readonly string[] {
  return IMPURE.flatMap(([what, pattern]) => hits(file, pattern, what))
}

/** "src/domain/x.ts:12: the clock: …" for every line of code, not of comment, that matches. */
function hits({ path, lines }: SourceFile, pattern: RegExp, what: string): readonly string[] {
  if (path === 'test/tidy.test.ts') return []
  return lines.flatMap((line, index) => {
    const code = what === 'a leftover' ? line : line.replace(/^\s*(\/?\*|\/\/).*$/, '')
    return pattern.test(code) ? [`${path}:${index + 1}: ${what}: ${line.trim()}`] : []
  })
}

function hasHeader(lines: readonly string[]): boolean {
  const first = lines[0]?.startsWith('#!') === true ? 1 : 0
  const [opening = '', ...rest] = lines.slice(first)
  if (!opening.startsWith('/**')) return false
  if (opening.endsWith('*/')) return true
  const end = rest.findIndex((line) => line.trimEnd().endsWith('*/'))
  return end >= 1 && end <= 5
}

function isBarrel({ path, lines }: SourceFile): boolean {
  const code = lines.filter((line) => line.trim() !== '' && !/^\s*(\/?\*|\/\/)/.test(line))
  const exports = code.filter((line) => /^export (\*|\{|type \{).*\bfrom\b/.test(line))
  return basename(path) === 'index.ts' || (exports.length > 0 && exports.length === code.length)
}

function list(files: readonly SourceFile[]): string {
  return files.map(({ path, lines }) => `${path}: ${lines.length} lines`).join('\n')
}
