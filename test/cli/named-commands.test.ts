/** Every command that a message, a page of the docs or a page of the web names exists, with the flags it is named with. */
import type { Command } from 'commander'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { allCommands } from '../../src/cli/program.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PLACES = ['src', 'docs', 'README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'tieout.example.yaml', 'mappings']
const TEXTS = new Set(['.ts', '.tsx', '.md', '.yaml', '.yml', '.html', '.service', '.timer', '.sh', '.json', ''])

/** What the program does, and not what a person types: "tieout needs Node". */
const PROSE = new Set(
  'access again and books can command did from has kept landed listen made needs never posts read say that token with'.split(
    ' ',
  ),
)
/** After a command that has commands: "tieout runs shows it". */
const PROSE_AFTER = new Set(['shows', 'lists'])

const silent = { write: () => undefined, isTty: false, columns: 80 }
const program = allCommands({
  stdout: silent,
  stderr: silent,
  env: {},
  version: '0',
  nowMs: () => 0,
  signal: new AbortController().signal,
})

function textsIn(path: string): readonly string[] {
  return readdirSync(ROOT, { withFileTypes: true }).some((entry) => entry.name === path && entry.isFile())
    ? [path]
    : readdirSync(join(ROOT, path), { withFileTypes: true, recursive: true }).flatMap((entry) =>
        entry.isFile() && TEXTS.has(extname(entry.name)) ? [relative(ROOT, join(entry.parentPath, entry.name))] : [],
      )
}

interface Mention {
  readonly words: readonly string[]
  readonly flags: readonly string[]
  readonly where: string
}

/** "tieout" and what follows it, to the end of the sentence, the quotes or the line. */
function mentionsIn(file: string, text: string): readonly Mention[] {
  return text.split('\n').flatMap((line, at) =>
    [...line.replaceAll(/\$\{[^}]*\}/g, 'X').matchAll(/(?<![\w./@:-])tieout ((?:(?!\btieout\b)[^`'"#;|()…])*)/g)].map(
      ([, rest = '']) => {
        const words = (rest.split(/\. |, |: |\.$/)[0] ?? '').split(' ')
        return {
          words: takeWhile(
            words.filter((word) => word !== ''),
            (word) => /^[a-z][a-z-]*$/.test(word),
          ),
          flags: words.flatMap((word) => /^\[?(--[a-z][a-z-]*)/.exec(word)?.[1] ?? []),
          where: `${file}:${at + 1}`,
        }
      },
    ),
  )
}

function takeWhile(words: readonly string[], fits: (word: string) => boolean): readonly string[] {
  const end = words.findIndex((word) => !fits(word))
  return end === -1 ? words : words.slice(0, end)
}

/** Why what is named does not exist; null when it does, or is prose. */
function whyNot({ words, flags, where }: Mention): string | null {
  let command: Command = program
  for (const [at, word] of words.entries()) {
    const found = command.commands.find((each) => each.name() === word || each.aliases().includes(word))
    if (found !== undefined) {
      command = found
      continue
    }
    if (command.commands.length === 0) break
    if ((at === 0 ? PROSE : PROSE_AFTER).has(word)) return null
    return `${where}: there is no tieout ${words.slice(0, at + 1).join(' ')}`
  }
  // Which of its commands is filled in when the message is made.
  if (command.commands.length > 0) return null
  const known = new Set([
    '--help',
    ...[program, command].flatMap((each) => each.options.flatMap(({ long }) => long ?? [])),
  ])
  const unknown = flags.find((flag) => !known.has(flag))
  return unknown === undefined ? null : `${where}: tieout ${words.join(' ')} has no ${unknown}`
}

const mentions = PLACES.flatMap(textsIn).flatMap((file) => mentionsIn(file, readFileSync(join(ROOT, file), 'utf8')))

describe('commands that are named', () => {
  it('are found at all', () => {
    expect(mentions.length).toBeGreaterThan(500)
  })

  it.each([
    ['take it back: tieout reconcile undo MATCH', 'there is no tieout reconcile undo'],
    ['say `tieout unmatch 7`', 'there is no tieout unmatch'],
    ['tieout statements undo HASH --by NAME --why TEXT --force', 'tieout statements undo has no --force'],
  ])('are told where they do not exist: %s', (text, why) => {
    expect(mentionsIn('x', text).map(whyNot)).toEqual([`x:1: ${why}`])
  })

  it('exist, with their flags', () => {
    expect(mentions.flatMap((mention) => whyNot(mention) ?? []).join('\n')).toBe('')
  })
})
