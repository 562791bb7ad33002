/** A Discord webhook. Mentions are forbidden by the request itself and Markdown is escaped. */
import type { HttpClient } from '../../http/client.ts'
import { createSecret, type Secret } from '../../http/secret.ts'
import { bodyText, headline, type Notice, type Speak } from '../notice.ts'
import { discordText } from '../plain.ts'
import { post } from './post.ts'

/** Discord's limits of an embed. */
const TITLE_LIMIT = 256
const DESCRIPTION_LIMIT = 4096

const GREEN = 0x2e_7d_32
const AMBER = 0xf9_a8_25
const RED = 0xc6_28_28
const BLUE = 0x15_65_c0

export function discordPayload(notice: Notice) {
  return {
    embeds: [
      {
        title: discordText(headline(notice), TITLE_LIMIT),
        description: discordText(bodyText(notice), DESCRIPTION_LIMIT),
        color: colourOf(notice),
        timestamp: new Date(notice.atMs).toISOString(),
      },
    ],
    allowed_mentions: { parse: [] },
  }
}

function colourOf({ event, severity }: Notice): number {
  if (event === 'resolved') return GREEN
  if (event === 'test') return BLUE
  return severity === 'critical' ? RED : AMBER
}

export function speakDiscord(http: HttpClient, name: string, url: Secret): Speak {
  return (notice, signal) =>
    post({
      http,
      label: `Discord channel "${name}"`,
      url: createSecret(confirmed(url.reveal())),
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(discordPayload(notice)),
      signal,
    })
}

/** Without `wait` Discord answers before it knows whether it can take the message. */
function confirmed(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null) return url
  parsed.searchParams.set('wait', 'true')
  return parsed.href
}
