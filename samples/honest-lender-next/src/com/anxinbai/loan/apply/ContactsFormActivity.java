package com.anxinbai.loan.apply;

import android.app.Activity;
import android.content.Intent;
import android.os.Bundle;
import android.view.View;
import android.widget.EditText;
import android.widget.Toast;
import com.anxinbai.loan.R;
import com.anxinbai.loan.RepayPlanActivity;
import com.anxinbai.loan.model.EmergencyContact;

/** The borrower types two emergency contacts. */
public class ContactsFormActivity extends Activity implements ContactsFormPresenter.View {
  private final ContactsFormPresenter presenter = new ContactsFormPresenter(this);

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_contacts_form);
  }

  /** Named in the layout. */
  public void onSubmit(View button) {
    EmergencyContact first = new EmergencyContact(typed(R.id.name_one), typed(R.id.mobile_one));
    EmergencyContact second = new EmergencyContact(typed(R.id.name_two), typed(R.id.mobile_two));
    presenter.submit(getIntent().getLongExtra("amount", 0), first, second);
  }

  private String typed(int id) {
    return ((EditText) findViewById(id)).getText().toString().trim();
  }

  @Override
  public void say(int text) {
    Toast.makeText(this, text, Toast.LENGTH_LONG).show();
  }

  @Override
  public void showPlan(long amount) {
    startActivity(new Intent(this, RepayPlanActivity.class).putExtra("amount", amount));
  }
}
