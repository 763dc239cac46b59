/* A value that tells who listens when it changes. */
import { useEffect, useState } from "preact/hooks";

export class Store<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }
  get value(): T {
    return this.#value;
  }
  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.announce();
  }
  /* Changes without a word; announce() follows once all that belongs to it is there. */
  quietly(value: T): void {
    this.#value = value;
  }
  announce(): void {
    [...this.#listeners].forEach((listener) => listener());
  }
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export function useStore<T>(store: Store<T>): T {
  const [, again] = useState(0);
  useEffect(() => store.subscribe(() => again((count) => count + 1)), [store]);
  return store.value;
}
