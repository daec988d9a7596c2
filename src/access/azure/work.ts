/** Steps that one comparison may take, counted so that the same input always ends at the same place (G5). */
export class Work {
  private left: number;

  constructor(bound: number) {
    this.left = bound;
  }

  spend(steps: number): void {
    this.left -= steps;
  }

  /** Nothing more is to be tried. */
  get over(): boolean {
    return this.left < 0;
  }
}
