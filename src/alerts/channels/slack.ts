/** A Slack incoming webhook. Every text is escaped, so no vendor's word can mention anybody or become a link. */
import type { HttpClient } from '../../http/client.ts'
import type { Secret } from '../../http/secret.ts'
import { bodyText, headline, type Notice, type Speak } from '../notice.ts'
import { slackText } from '../plain.ts'
import { post } from './post.ts'

/** Slack's limits: of a header, of a section, and of the line shown in notifications (recommended). */
const HEADER_LIMIT = 150
const SECTION_LIMIT = 3000
const TEXT_LIMIT = 3000

export function slackPayload(notice: Notice) {
  return {
    text: slackText(`${headline(notice)}. ${bodyText(notice)}`, TEXT_LIMIT),
    mrkdwn: false,
    link_names: false,
    unfurl_links: false,
    blocks: [
      { type: 'header', text: plainText(headline(notice), HEADER_LIMIT) },
      { type: 'section', text: plainText(bodyText(notice), SECTION_LIMIT) },
    ],
  }
}

function plainText(text: string, limit: number) {
  return { type: 'plain_text', emoji: false, text: slackText(text, limit) }
}

export function speakSlack(http: HttpClient, name: string, url: Secret): Speak {
  return (notice, signal) =>
    post({
      http,
      label: `Slack channel "${name}"`,
      url,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(slackPayload(notice)),
      signal,
    })
}
