/**
 * Who decided: the name that was said, and the login of the operating system it was said from. A login is one person,
 * whatever names are said from it, so that nobody makes a second person of himself with `--by`.
 */

/** "Ann (login ann)"; the login alone where that is the name. Without a login, as in a test, the name alone. */
export function personName(said: string, login: string | undefined): string {
  const name = said.trim()
  return login === undefined || name === '' || name === login ? name : `${name} (login ${login})`
}

const LOGIN = /\(login ([^()]*)\)$/

/** By their logins; names and logins are compared without case and spaces around. */
export function isSamePerson(one: string, other: string): boolean {
  return loginOf(one) === loginOf(other)
}

function loginOf(person: string): string {
  const said = person.trim()
  return (LOGIN.exec(said)?.[1] ?? said).trim().toLowerCase()
}
