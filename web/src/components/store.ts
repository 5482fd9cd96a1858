/** A value that any part of the app may set, and components watch. */
export class Store<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  // These two are handed to React by themselves.
  readonly get = (): T => this.value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(value: T) {
    this.value = value;
    for (const listener of this.listeners) listener();
  }
}
