// The way in: one field for the token.

export function SignIn({ to, isWrong }: { readonly to: string; readonly isWrong: boolean }) {
  return (
    <section class="sign-in">
      <h1>Sign in</h1>
      <p class="quiet">With the relay's ADMIN_TOKEN. The session ends after eight hours.</p>
      {isWrong ? (
        <p class="note bad" role="alert">
          The admin token is another one.
        </p>
      ) : null}
      <form method="post" action="/console/sign-in">
        <input type="hidden" name="to" value={to} />
        <label>
          Admin token
          <input type="password" name="token" autocomplete="current-password" required autofocus />
        </label>
        <button class="primary">Sign in</button>
      </form>
    </section>
  );
}
