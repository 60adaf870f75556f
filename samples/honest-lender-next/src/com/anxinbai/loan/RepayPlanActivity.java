package com.anxinbai.loan;

import android.app.ListActivity;
import android.os.Bundle;
import android.widget.ArrayAdapter;
import com.anxinbai.loan.model.Installment;
import java.util.List;

public class RepayPlanActivity extends ListActivity {
  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setTitle(R.string.plan);
    long amount = getIntent().getLongExtra("amount", 0);
    List<Installment> plan = Installment.plan(amount, 12, 60);
    setListAdapter(
        new ArrayAdapter<Installment>(this, android.R.layout.simple_list_item_1, plan));
  }
}
