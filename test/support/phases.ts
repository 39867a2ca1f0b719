// AEP's checklist with some of its phases: what is played again and again need not begin a week before.

/** The text of a checklist with these phases only, as they are written, and without what it offers for the way back. */
export function withPhases(text: string, keep: readonly string[]): string {
  const [whole = ''] = text.split(/^(?=rollback:)/m);
  const [head = '', ...phases] = whole.split(/^(?= {2}- id: )/m);
  return head + phases.filter((phase) => keep.some((id) => phase.startsWith(`  - id: ${id}\n`))).join('');
}

/** From the TTL of the day before to the thirty minutes after the cutover. */
export const aroundTheCutover: readonly string[] = ['day-before', 'verify', 'cutover'];

/** The same with an act between the sign-off and the cutover: the backend goes to another revision. */
export function withRelease(text: string, revision: number): string {
  const cutover = '      - title: Cutover\n';
  if (text.split(cutover).length !== 2) throw new Error('the checklist has no section Cutover, or more than one');
  return text.replace(
    cutover,
    `      - title: Release
        severity: critical
        owner: engineering
        steps:
          - id: release-backend
            title: The backend runs revision ${revision}
            act:
              ecs.update_service:
                cluster: "\${cluster}"
                service: "\${backend.service}"
                task_definition: "\${backend.family}:${revision}"
            confirm: target
            budget: 15m

${cutover}`,
  );
}
