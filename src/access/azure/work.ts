/** Steps that one comparison may take, counted so that the same input always ends at the same place (G5). */
export class StepBudget {
  /** Steps taken so far. */
  spent = 0;
  private readonly bound: number;

  constructor(bound: number) {
    this.bound = bound;
  }

  spend(steps: number): void {
    this.spent += steps;
  }

  /** Nothing more is to be tried. */
  get over(): boolean {
    return this.spent > this.bound;
  }
}
