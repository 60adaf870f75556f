package com.anxinbai.loan.apply;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.EditText;
import androidx.core.app.ActivityCompat;
import com.anxinbai.loan.R;

public class ApplyActivity extends Activity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_apply);
    ActivityCompat.requestPermissions(
        this, new String[] {"android.permission.READ_CONTACTS"}, 1);
  }

  /** Named in the layout. */
  public void onNext(View button) {
    String typed = ((EditText) findViewById(R.id.amount)).getText().toString();
    long amount = typed.isEmpty() ? 0 : Long.parseLong(typed) * 100;
    new RelationReader(getContentResolver()).start();
    startActivity(new Intent(this, ContactsFormActivity.class).putExtra("amount", amount));
  }
}
