package com.ruyibei.money.ui;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.EditText;
import com.ruyibei.money.R;
import com.ruyibei.money.data.Account;

public class LoginActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_login);
  }

  public void onLogin(View button) {
    Account.current().login(((EditText) findViewById(R.id.mobile)).getText().toString());
    startActivity(new Intent(this, CreditActivity.class));
  }
}
