import { expect, it } from 'vitest'
import { isSamePerson, personName } from '../../src/domain/person.ts'

it.each([
  ['Ann', 'ann', 'Ann (login ann)'],
  ['ann', 'ann', 'ann'],
  [' Ann ', undefined, 'Ann'],
  ['', 'ann', ''],
  ['bea (login bea)', 'ann', 'bea (login bea) (login ann)'],
])('%j at the login %s is %j', (said, login, name) => {
  expect(personName(said, login)).toBe(name)
})

it.each([
  ['Ann (login ann)', 'Bea (login ann)', true],
  ['ann', 'Ann Smith (login ANN)', true],
  ['Ann (login ann)', 'Ann (login bea)', false],
  ['bea (login bea) (login ann)', 'bea (login bea)', false],
  [' ann', 'Ann ', true],
  ['ann', 'bea', false],
])('%s and %s are one person: %s', (one, other, same) => {
  expect(isSamePerson(one, other)).toBe(same)
})
