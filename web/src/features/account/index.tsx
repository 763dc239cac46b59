/* Signing in, and what there is to say about the account of now. */
import { defineRoom, asText, type RoomProps } from "../../app/room.ts";
import { me } from "../../api/session.ts";
import { useStore } from "../../app/store.ts";
import { AccountPage } from "./account.tsx";
import { SignInPage } from "./sign-in.tsx";

interface Query {
  readonly to: string;   // where one wanted to go
}

function View({ path, query }: RoomProps<Query>) {
  const { account } = useStore(me);
  return path[0] === "sign-in" || !account ? <SignInPage to={query.to} /> : <AccountPage />;
}

export const room = defineRoom<Query>({ query: { to: asText() }, View });
