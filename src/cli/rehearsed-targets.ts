/**
 * In a rehearsal folder the accounting systems are emulators that run as long as a command does. A command that asks them
 * gets a session in which they are in reach; anywhere else it gets its own.
 */
import { withEmulatedTargets } from '../demo/rehearsed-targets.ts'
import type { Session } from './session.ts'

export async function withTargetsInReach<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  return withEmulatedTargets(session.config(), session.book(), (book) => {
    const config = session.config()
    const books = config.books.map((each) => (each.name === book.name ? book : each))
    return work({ ...session, config: () => ({ ...config, books }), book: () => book })
  })
}
