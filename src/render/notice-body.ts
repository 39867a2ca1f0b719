// A notice as the two forms of webhook take it. What others wrote stays text there: it mentions nobody and links nowhere.

import type { Notice } from './notice.ts';

/** How many steps of one cause are named. */
const mostNamed = 10;

/** A zero-width space: what stands on both sides of it is not read as one. */
const apart = '\u200b';

/** The body for a webhook of Slack, or of what takes the same. */
export function slackBody(notice: Notice): string {
  const text = slackText(textOf(notice));
  // Read as plain text, and nobody fetches what an address in it leads to.
  return JSON.stringify({ text, mrkdwn: false, unfurl_links: false, unfurl_media: false });
}

/** The body for any other webhook: the notice itself. */
export function webhookBody(notice: Notice): string {
  return JSON.stringify({ ...notice, text: textOf(notice) });
}

/** `<!channel>`, `<@U024BE7LH>` and links need angle brackets; others than Slack read `@here` and `[words](address)` too. */
function slackText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/@(?=[\p{L}\p{N}_])/gu, `@${apart}`)
    .replaceAll(/\](?=[([])/g, `]${apart}`);
}

function textOf({ text, steps }: Notice): string {
  if (steps.length < 2) return text;
  const others = steps.slice(1, 1 + mostNamed).join(', ');
  const more = steps.length - 1 - mostNamed;
  return `${text}\nand for the same cause: ${others}${more > 0 ? `, and ${more} more` : ''}`;
}
