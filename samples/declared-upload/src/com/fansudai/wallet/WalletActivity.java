package com.fansudai.wallet;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;

public class WalletActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_wallet);
  }

  /** Named in the layout. */
  public void onTerms(View button) {
    startActivity(new Intent(this, TermsActivity.class));
  }
}
