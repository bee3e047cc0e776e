/** What the routes of plans answer; services/reconciler declares it. */
export interface Item {
  readonly id: string;
  readonly plan: string;
  readonly resource_id: string;
  readonly account: string;
  readonly region: string;
  readonly type: string;
  readonly name: string;
  readonly environment: string;
  readonly owner: string;
  readonly action: string;
  readonly cost: string;
  readonly steps: readonly string[];
  readonly would: string;
  readonly undo: string;
  readonly policy: string;
  readonly rules: readonly string[];
  readonly decision: string;
  readonly reason: string;
  readonly breaks: readonly { readonly id: string; readonly type: string; readonly name: string }[];
  readonly changed_by: string;
  readonly mode: string;
  readonly needs: number;
  readonly held: string;
  readonly phase: string;
  readonly proposer: string;
  readonly approved_by: readonly string[];
  readonly due: string;
  readonly why: string;
  readonly updated_at: string;
}
export interface Plan {
  readonly id: string;
  readonly by: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly items: readonly Item[];
  readonly refused: readonly { readonly resource_id: string; readonly action: string; readonly reason: string }[];
}
export interface PlansAnswer {
  readonly plans: readonly Plan[];
}
export interface ActionsAnswer {
  readonly actions: readonly {
    readonly id: string;
    readonly resource_id: string;
    readonly action: string;
    readonly step: string;
    readonly by: string;
    readonly at: string;
    readonly outcome: string;
    readonly detail: string;
    readonly undo: string;
  }[];
}
export interface SwitchesAnswer {
  readonly switches: readonly {
    readonly policy: string;
    readonly stopped: boolean;
    readonly reason: string;
    readonly by: string;
    readonly at: string;
  }[];
}
/** Phases in which somebody or something still has to act. */
export const open: readonly string[] = ['waiting', 'ready', 'claimed', 'calling', 'grace'];
