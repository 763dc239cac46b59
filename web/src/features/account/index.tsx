/* Signing in, coming in by a link, and one's own account. */
import { defineRoom, asText, type RoomProps } from "../../app/room.ts";
import { me } from "../../api/session.ts";
import { useStore } from "../../app/store.ts";
import { AccountPage } from "./account.tsx";
import { InvitationPage } from "./invitation.tsx";
import { SignInPage } from "./sign-in.tsx";
import "./account.css";

interface Query {
  readonly to: string;   // where one wanted to go
}

function View({ path, query }: RoomProps<Query>) {
  const { account } = useStore(me);
  if (path[0] === "invitation") return <InvitationPage />;
  return path[0] === "sign-in" || !account ? <SignInPage to={query.to} /> : <AccountPage />;
}

export const room = defineRoom<Query>({ query: { to: asText() }, View });
