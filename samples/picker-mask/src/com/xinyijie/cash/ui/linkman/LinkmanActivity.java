package com.xinyijie.cash.ui.linkman;

import android.content.Intent;
import android.os.Bundle;
import android.provider.ContactsContract;
import android.view.View;
import android.widget.Button;
import android.widget.TextView;
import androidx.core.app.ActivityCompat;
import cn.tongdun.android.shell.FMAgent;
import com.xinyijie.cash.R;
import com.xinyijie.cash.data.Linkman;
import com.xinyijie.cash.data.PhoneBook;
import com.xinyijie.cash.ui.Screen;
import com.xinyijie.cash.ui.result.ResultActivity;

public class LinkmanActivity extends Screen<LinkmanPresenter> implements LinkmanContract.View {
  private static final int PICK = 0x21;
  private TextView picked;
  private Button submit;

  @Override
  protected LinkmanPresenter createPresenter() {
    return new LinkmanPresenter(this, new PhoneBook(getContentResolver()));
  }

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    setContentView(R.layout.activity_linkman);
    picked = (TextView) findViewById(R.id.picked);
    submit = (Button) findViewById(R.id.submit);
    submit.setOnClickListener(button -> presenter.save("friend", FMAgent.onEvent(this)));
    ActivityCompat.requestPermissions(
        this, new String[] {"android.permission.READ_CONTACTS"}, PICK);
  }

  /** Named in the layout. */
  public void onPick(View button) {
    Intent intent = new Intent(Intent.ACTION_PICK);
    intent.setType(ContactsContract.CommonDataKinds.Phone.CONTENT_TYPE);
    startActivityForResult(intent, PICK);
  }

  @Override
  protected void onActivityResult(int request, int result, Intent data) {
    super.onActivityResult(request, result, data);
    if (request == PICK && result == RESULT_OK && data != null) {
      presenter.picked(data.getData());
    }
  }

  @Override
  public void show(Linkman linkman) {
    picked.setText(linkman == null ? "" : linkman.name);
    submit.setEnabled(linkman != null);
  }

  @Override
  public void saved() {
    startActivity(new Intent(this, ResultActivity.class));
    finish();
  }
}
