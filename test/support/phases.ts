// AEP's checklist with some of its phases: what is played again and again need not begin a week before.

/** The text of a checklist with these phases only, as they are written. */
export function withPhases(text: string, keep: readonly string[]): string {
  const [head = '', ...phases] = text.split(/^(?= {2}- id: )/m);
  return head + phases.filter((phase) => keep.some((id) => phase.startsWith(`  - id: ${id}\n`))).join('');
}

/** From the TTL of the day before to the thirty minutes after the cutover. */
export const aroundTheCutover: readonly string[] = ['day-before', 'verify', 'cutover'];
