/** The rule-book of the program and the one of the docs know the same numbers, and its files are there. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { RULE_BOOK, ruleSentence } from '../../src/domain/rule-book.ts'

const root = new URL('../../', import.meta.url)
const text = readFileSync(new URL('docs/rules.md', root), 'utf8')

it('docs/rules.md explains every number that a posting may carry', () => {
  const explained = new Set([...text.matchAll(/\*\*([A-Z]\d)\b/g)].map(([, number]) => number))
  expect(Object.keys(RULE_BOOK).filter((number) => !explained.has(number))).toEqual([])
})

it('the files it names are there', () => {
  const files = new Set(
    readdirSync(new URL('src', root), { recursive: true }).map((path) => String(path).split('/').at(-1)),
  )
  const named = [...text.matchAll(/`([\w-]+\.ts)`/g)].flatMap(([, name]) => name ?? [])
  expect(named.length).toBeGreaterThan(25)
  expect(named.filter((name) => !files.has(name))).toEqual([])
})

it('a trace prints a sentence, and a number of a newer program as it is', () => {
  expect(ruleSentence('W2')).toBe(
    'W2: What a wallet gained beyond its charges and top-ups pays the refunds that are owed.',
  )
  expect(ruleSentence('Z9')).toBe('Z9')
})
